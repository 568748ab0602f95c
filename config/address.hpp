#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace tuner {

/// @returns whether only this machine can reach what listens on `address`, an
/// IPv4 or IPv6 address.
bool is_loopback(std::string_view address);

/// @returns the parts of `HOST:PORT`; nothing where it is not that. An IPv6
/// address may stand in brackets.
std::optional<std::pair<std::string, uint16_t>>
host_and_port(std::string_view x);

} // namespace tuner
