#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tuner {

inline constexpr std::size_t token_bytes_min = 16;
inline constexpr std::size_t token_bytes_max = 512;

/// Reads the secret that commands must carry: the only line of the file.
/// @param named_by is the config key or the option that names the file.
/// @throws std::runtime_error for a file that can't be read, that others than
///   its owner can read or write, that belongs to someone else, or that holds
///   no token of 16 to 512 visible ASCII characters: what names the file, what
///   is wrong, and what to do.
std::string read_token_file(
  const std::string& path, const std::string& named_by = "admin.token_file");

/// Reads the password of another service, which may be shorter than a token and
/// of any bytes but line ends, from the only line of the file.
/// @throws std::runtime_error as `read_token_file` does.
std::string
read_password_file(const std::string& path, const std::string& named_by);

/// @returns whether they are equal, in a time that tells nothing about `secret`
/// but for whether they are.
bool same_secret(std::string_view given, std::string_view secret);

/// @returns how to make a token file, in words.
std::string how_to_make_a_token();

} // namespace tuner
