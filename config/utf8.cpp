#include "config/text.hpp"

namespace tuner::text {

namespace {

/// The sequences that start with one range of bytes (Unicode 15, table 3-7).
struct sequence {
  unsigned first_min, first_max;
  unsigned second_min, second_max; ///< Later bytes are 80 to BF.
  std::size_t length;
};

constexpr sequence sequences[] = {
  {0x00, 0x7F, 0x00, 0x00, 1}, {0xC2, 0xDF, 0x80, 0xBF, 2},
  {0xE0, 0xE0, 0xA0, 0xBF, 3}, {0xE1, 0xEC, 0x80, 0xBF, 3},
  {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
  {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4},
  {0xF4, 0xF4, 0x80, 0x8F, 4},
};

/// @returns how many bytes the character at the start of `x` has; 0 for none.
std::size_t character_length(std::string_view x) {
  auto byte = [&](std::size_t i) -> unsigned {
    return static_cast<unsigned char>(x[i]);
  };
  for (const auto& s : sequences) {
    if (byte(0) < s.first_min || byte(0) > s.first_max)
      continue;
    if (x.size() < s.length)
      return 0;
    if (s.length > 1 && (byte(1) < s.second_min || byte(1) > s.second_max))
      return 0;
    for (std::size_t i = 2; i < s.length; ++i)
      if (byte(i) < 0x80 || byte(i) > 0xBF)
        return 0;
    return s.length;
  }
  return 0;
}

} // namespace

std::size_t invalid_utf8(std::string_view x) {
  for (std::size_t i = 0; i < x.size();) {
    auto length = character_length(x.substr(i));
    if (length == 0)
      return i;
    i += length;
  }
  return x.npos;
}

} // namespace tuner::text
