#include "config/loader.hpp"

#include <doctest/doctest.h>

#include <filesystem>

TEST_CASE("E3 the configs of foreign hosts that we ship can be loaded") {
  auto files = 0;
  for (const auto& x : std::filesystem::directory_iterator{AUTO_TUNER_SOURCE_DIR
                                                           "/config/hosts"}) {
    CAPTURE(x.path().string());
    CHECK(tuner::load_config_file(x.path().string()).ok());
    ++files;
  }
  CHECK(files >= 4);
}
