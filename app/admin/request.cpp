#include "app/admin/request.hpp"

#include <algorithm>

namespace tuner {

namespace {

char lower(char x) {
  return x >= 'A' && x <= 'Z' ? static_cast<char>(x - 'A' + 'a') : x;
}

} // namespace

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    return lower(x) == lower(y);
  });
}

std::string_view admin_request::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (same_word(key, name))
      return value;
  return {};
}

std::size_t admin_request::count(std::string_view name) const {
  return static_cast<std::size_t>(
    std::count_if(headers.begin(), headers.end(), [&](const auto& x) {
      return same_word(x.first, name);
    }));
}

} // namespace tuner
