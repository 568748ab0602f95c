#pragma once

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

namespace tuner::test {

/// Tries the seeds of one fuzzer, and what is left of them when they are cut
/// off.
inline void
try_seeds(const std::string& name, void (*input)(std::string_view)) {
  auto folder =
    std::filesystem::path{AUTO_TUNER_SOURCE_DIR} / "tests/fuzz/seeds" / name;
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    INFO(entry.path().string());
    std::ostringstream text;
    text << std::ifstream{entry.path(), std::ios::binary}.rdbuf();
    input(text.str());
    for (std::size_t n = 0; n < text.str().size(); n += 7)
      input(text.str().substr(0, n));
    ++files;
  }
  CHECK(files >= 3);
}

} // namespace tuner::test
