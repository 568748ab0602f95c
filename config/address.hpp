#pragma once

#include <string_view>

namespace tuner {

/// @returns whether only this machine can reach what listens on `address`, an
/// IPv4 or IPv6 address.
bool is_loopback(std::string_view address);

} // namespace tuner
