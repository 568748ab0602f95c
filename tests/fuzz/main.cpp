#include "tests/fuzz/inputs.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  tuner::fuzz::AUTO_TUNER_FUZZ({reinterpret_cast<const char*>(data), size});
  return 0;
}
