#pragma once

#include <boost/json/value.hpp>

#include <string>
#include <string_view>
#include <vector>

/// How config errors and config files spell things.
namespace tuner::text {

/// Longer values are cut in error messages.
inline constexpr std::size_t shown_bytes_max = 60;

/// @returns `x` in the fewest digits that read back as the same double.
std::string number(double x);

/// @returns `x` as a JSON string without any control character.
std::string quoted(std::string_view x);

/// @returns arbitrary bytes with all but printable ASCII escaped as `\xNN`.
std::string escaped(std::string_view x);

/// @returns `x`, cut between characters and ended by `...` where it is longer
/// than `shown_bytes_max`.
std::string shortened(std::string x);

/// @returns `x` as one line of JSON text, shortened.
std::string shown(const boost::json::value& x);

/// @returns `x` separated by commas.
std::string listed(const std::vector<std::string_view>& x);

/// @returns `path` extended by a key; an odd key is quoted: `a["b c"]`.
std::string step(const std::string& path, std::string_view key);

/// @returns `path` extended by an index: `targets[0]`.
std::string step(const std::string& path, std::size_t index);

/// @returns the candidate that `x` is most likely a misspelling of, by edit
/// distance, or an empty string where none is close.
std::string_view
nearest(std::string_view x, const std::vector<std::string_view>& candidates);

/// @returns `candidates` separated by commas, and which one `x` may mean:
/// `enabled, watchdog; did you mean watchdog?`.
std::string
instead_of(std::string_view x, const std::vector<std::string_view>& candidates);

/// @returns the offset of the first byte that is not UTF-8, or `npos`.
std::size_t invalid_utf8(std::string_view x);

/// @returns whether `x` matches `[a-zA-Z_][a-zA-Z0-9_]*`.
bool is_identifier(std::string_view x);

} // namespace tuner::text
