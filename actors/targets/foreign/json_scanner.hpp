#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tuner::document {

/// A value's place in a text.
struct place {
  std::size_t begin = 0;
  std::size_t end = 0;
};

struct member {
  std::string key; ///< Of an object.
  place value;
};

/// @returns the text that a JSON string holds.
std::string unquoted(std::string_view token);

/// Finds places in a text that is known to be JSON.
class scanner {
public:
  explicit scanner(std::string_view text) : text_(text) {}

  place whole() const;

  char kind(place x) const { return text_[x.begin]; }

  std::string_view token(place x) const {
    return text_.substr(x.begin, x.end - x.begin);
  }

  /// @returns what an object or an array has in it.
  std::vector<member> members(place x) const;

private:
  std::size_t skip_space(std::size_t i) const;
  std::size_t end_of_string(std::size_t i) const;
  std::size_t end_of(std::size_t i) const;

  std::string_view text_;
};

} // namespace tuner::document
