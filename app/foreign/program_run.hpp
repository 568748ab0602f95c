#pragma once

#include "messages/time.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace tuner {

/// A program that prints more is given up.
inline constexpr std::size_t program_output_max = 64 << 10;

/// Runs a program to its end, without a shell, in a process group of its own
/// and with nothing to read. At the limit the whole group is killed; processes
/// that a program which ended well left behind are not.
/// @param arguments the program's name or path, and what it is given.
/// @returns what it printed, errors too.
/// @throws std::runtime_error where it can't be run, ends otherwise than with
///   0, takes too long or prints too much.
std::string
run_program(const std::vector<std::string>& arguments, duration limit);

} // namespace tuner
