#pragma once

#include <string>
#include <string_view>

namespace tuner {

/// @returns `x` without an exponent, whole where it is whole but for rounding.
std::string plain_number(double x);

/// @returns `x` without an exponent, as the nearest whole number.
std::string whole_number(double x);

/// @returns the only number in `text`, blanks around it left out.
/// @throws std::runtime_error where there is none, with what is there.
double number_in(std::string_view text);

} // namespace tuner
