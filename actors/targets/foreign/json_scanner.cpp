#include "actors/targets/foreign/json_scanner.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <utility>

namespace tuner::document {

std::string unquoted(std::string_view token) {
  auto x = boost::json::parse({token.data(), token.size()});
  return std::string{x.as_string().data(), x.as_string().size()};
}

place scanner::whole() const {
  auto begin = skip_space(0);
  return {begin, end_of(begin)};
}

std::vector<member> scanner::members(place x) const {
  std::vector<member> result;
  auto close = x.end - 1;
  for (auto i = skip_space(x.begin + 1); i < close; i = skip_space(i)) {
    member m;
    if (kind(x) == '{') {
      auto key_end = end_of(i);
      m.key = unquoted(token({i, key_end}));
      i = skip_space(skip_space(key_end) + 1); // The colon.
    }
    m.value = {i, end_of(i)};
    i = skip_space(m.value.end) + 1; // The comma.
    result.push_back(std::move(m));
  }
  return result;
}

std::size_t scanner::skip_space(std::size_t i) const {
  auto next = text_.find_first_not_of(" \t\r\n", i);
  return next == text_.npos ? text_.size() : next;
}

std::size_t scanner::end_of_string(std::size_t i) const {
  for (++i; text_[i] != '"'; ++i)
    if (text_[i] == '\\')
      ++i;
  return i + 1;
}

std::size_t scanner::end_of(std::size_t i) const {
  if (text_[i] == '"')
    return end_of_string(i);
  if (text_[i] != '{' && text_[i] != '[') {
    auto end = text_.find_first_of(",]} \t\r\n", i);
    return end == text_.npos ? text_.size() : end;
  }
  for (auto depth = 0;;) {
    if (text_[i] == '"') {
      i = end_of_string(i);
      continue;
    }
    depth += text_[i] == '{' || text_[i] == '[' ? 1 : 0;
    depth -= text_[i] == '}' || text_[i] == ']' ? 1 : 0;
    ++i;
    if (depth == 0)
      return i;
  }
}

} // namespace tuner::document
