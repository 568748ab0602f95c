#include "app/foreign/exec.hpp"

#include "app/foreign/plain_number.hpp"
#include "app/foreign/program_run.hpp"

#include <stdexcept>

namespace tuner {

namespace {

std::vector<std::string>
with_value(std::vector<std::string> arguments, const std::string& value) {
  const std::string place = "{value}";
  for (auto& x : arguments)
    for (auto i = x.find(place); i != x.npos; i = x.find(place, i))
      x.replace(i, place.size(), value);
  return arguments;
}

} // namespace

host::port exec_port(const foreign_effector_config& x) {
  auto limit = from_seconds(x.timeout_seconds);
  return {
    [=](double value) {
      run_program(
        with_value(x.exec.write, plain_number(value * x.scale)), limit);
    },
    [=] {
      auto printed = run_program(x.exec.read, limit);
      try {
        return number_in(printed) / x.scale;
      } catch (const std::runtime_error& problem) {
        throw std::runtime_error{
          "program " + x.exec.read.front()
          + " should print a number and nothing else; it printed "
          + problem.what()};
      }
    }};
}

} // namespace tuner
