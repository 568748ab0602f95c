#include "app/example_host/model.hpp"

#include "app/example_host/random.hpp"

namespace tuner::example {

void make_input(uint64_t key, std::span<float> row) {
  random_source random{key};
  auto number = [](uint32_t bits) {
    return static_cast<float>(static_cast<int32_t>(bits)) * 0x1p-31f;
  };
  for (size_t i = 0; i + 1 < row.size(); i += 2) {
    auto bits = random.bits();
    row[i] = number(static_cast<uint32_t>(bits));
    row[i + 1] = number(static_cast<uint32_t>(bits >> 32));
  }
}

} // namespace tuner::example
