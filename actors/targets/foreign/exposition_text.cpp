#include "actors/targets/foreign/exposition_text.hpp"

#include <array>
#include <charconv>
#include <cstring>

namespace tuner {

namespace {

/// A line with more is garbage: a hostile one would take memory.
constexpr std::size_t labels_max = 256;

constexpr bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

/// Which bytes a name may consist of. Colons are for names of metrics, but
/// nothing is gained by refusing them in labels.
constexpr auto name_bytes = [] {
  std::array<bool, 256> result{};
  for (int c = 'a'; c <= 'z'; ++c)
    result[static_cast<std::size_t>(c)] = true;
  for (int c = 'A'; c <= 'Z'; ++c)
    result[static_cast<std::size_t>(c)] = true;
  for (int c = '0'; c <= '9'; ++c)
    result[static_cast<std::size_t>(c)] = true;
  result['_'] = result[':'] = true;
  return result;
}();

/// What is left of one line.
class cursor {
public:
  explicit cursor(std::string_view line)
    : at_(line.data()), end_(line.data() + line.size()) {}

  bool at_end() const { return at_ == end_; }
  bool sees(char c) const { return at_ != end_ && *at_ == c; }

  bool take(char c) {
    if (!sees(c))
      return false;
    ++at_;
    return true;
  }

  void skip_blanks() {
    while (at_ != end_ && is_blank(*at_))
      ++at_;
  }

  /// @returns a name, empty where there is none.
  std::string_view name() {
    const auto* begin = at_;
    while (at_ != end_ && name_bytes[static_cast<unsigned char>(*at_)])
      ++at_;
    if (begin != at_ && *begin >= '0' && *begin <= '9')
      return {};
    return {begin, static_cast<std::size_t>(at_ - begin)};
  }

  /// Takes what stands up to the closing quote; the opening one is taken.
  std::optional<std::string_view> quoted() {
    const auto* begin = at_;
    for (;;) {
      const auto* quote = static_cast<const char*>(
        std::memchr(at_, '"', static_cast<std::size_t>(end_ - at_)));
      if (!quote)
        return {};
      at_ = quote + 1;
      // An odd number of backslashes before it makes it part of the text.
      const auto* slash = quote;
      while (slash != begin && slash[-1] == '\\')
        --slash;
      if ((quote - slash) % 2 == 0)
        return std::string_view{begin, static_cast<std::size_t>(quote - begin)};
    }
  }

  /// Takes what stands up to the next blank.
  std::string_view word() {
    const auto* begin = at_;
    while (at_ != end_ && !is_blank(*at_))
      ++at_;
    return {begin, static_cast<std::size_t>(at_ - begin)};
  }

private:
  const char* at_;
  const char* end_;
};

/// Reads labels up to the closing brace; the opening one is taken. A quoted
/// text without a value is the name of the metric.
bool read_labels(
  cursor& in, std::vector<label_view>& labels, std::string_view& metric) {
  for (;;) {
    in.skip_blanks();
    if (in.take('}'))
      return true;
    label_view label;
    auto quoted = in.take('"');
    if (quoted) {
      auto text = in.quoted();
      if (!text)
        return false;
      label.name = *text;
    } else {
      label.name = in.name();
    }
    if (label.name.empty())
      return false;
    in.skip_blanks();
    if (in.take('=')) {
      in.skip_blanks();
      if (!in.take('"'))
        return false;
      auto value = in.quoted();
      if (!value || labels.size() == labels_max)
        return false;
      label.value = *value;
      labels.push_back(label);
    } else if (quoted && metric.empty()) {
      metric = label.name;
    } else {
      return false;
    }
    in.skip_blanks();
    if (!in.take(',') && !in.sees('}'))
      return false;
  }
}

std::string_view trimmed(std::string_view x) {
  while (!x.empty() && (is_blank(x.back()) || x.back() == '\r'))
    x.remove_suffix(1);
  while (!x.empty() && is_blank(x.front()))
    x.remove_prefix(1);
  return x;
}

} // namespace

std::optional<std::string_view>
label_of(const series_view& x, std::string_view name) {
  for (const auto& label : x.labels)
    if (label.name == name)
      return label.value;
  return {};
}

std::string unescaped(std::string_view x) {
  std::string result;
  result.reserve(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    auto next = x[i] == '\\' && i + 1 < x.size() ? x[i + 1] : '\0';
    if (next == '\\' || next == '"' || next == 'n') {
      result += next == 'n' ? '\n' : next;
      ++i;
    } else {
      result += x[i];
    }
  }
  return result;
}

std::optional<double> number_of(std::string_view x) {
  if (x.size() > 1 && x[0] == '+' && x[1] != '-')
    x.remove_prefix(1);
  double result = 0;
  auto [end, problem] = std::from_chars(x.data(), x.data() + x.size(), result);
  if (problem != std::errc{} || end != x.data() + x.size())
    return {};
  return result;
}

bool ends_as_open_metrics(std::string_view exposition) {
  while (!exposition.empty()
         && (exposition.back() == '\n' || exposition.back() == '\r'))
    exposition.remove_suffix(1);
  auto line = exposition.rfind('\n');
  return exposition.substr(line == exposition.npos ? 0 : line + 1) == "# EOF";
}

bool exposition_reader::next(series_view& x) {
  while (!rest_.empty()) {
    const auto* break_at =
      static_cast<const char*>(std::memchr(rest_.data(), '\n', rest_.size()));
    auto length = break_at ? static_cast<std::size_t>(break_at - rest_.data())
                           : rest_.size();
    auto whole = rest_.substr(0, length);
    rest_.remove_prefix(break_at ? length + 1 : length);
    ++line_;
    auto line = trimmed(whole);
    if (line.empty() || line.front() == '#')
      continue;
    if (read_line(line, x))
      return true;
    if (garbage_++ == 0) {
      first_garbage_ = whole;
      first_garbage_line_ = line_;
    }
  }
  return false;
}

bool exposition_reader::read_line(std::string_view line, series_view& x) {
  cursor in{line};
  labels_.clear();
  x.name = in.name();
  in.skip_blanks();
  if (in.take('{') && !read_labels(in, labels_, x.name))
    return false;
  if (x.name.empty())
    return false;
  x.labels = labels_;
  in.skip_blanks();
  auto value = number_of(in.word());
  if (!value)
    return false;
  x.value = *value;
  x.timestamp.reset();
  in.skip_blanks();
  // What follows a `#` is an exemplar: nothing here needs it.
  if (in.at_end() || in.sees('#'))
    return true;
  x.timestamp = number_of(in.word());
  in.skip_blanks();
  return x.timestamp.has_value() && (in.at_end() || in.sees('#'));
}

} // namespace tuner
