#include "config/loader.hpp"
#include "tests/fuzz/inputs.hpp"
#include "tests/fuzz/require.hpp"

namespace tuner::fuzz {

void config(std::string_view input) {
  auto first = load_config_text(input, "input");
  for (const auto& x : first.errors)
    require(to_string(x).find('\n') == std::string::npos, "errors are lines");
  if (!first.ok())
    return;
  auto text = to_json(first.value);
  auto again = load_config_text(text, "again");
  require(again.ok(), "what is written can be read");
  require(to_json(again.value) == text, "what is read was written");
}

} // namespace tuner::fuzz
