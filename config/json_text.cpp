#include "config/json_text.hpp"

#include "config/text.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>

#include <algorithm>
#include <charconv>
#include <limits>
#include <set>

namespace tuner {

namespace {

namespace json = boost::json;

/// Receives the parser's events: builds the document, and keeps what a
/// document can't hold, namely where the parser is and the keys given twice.
class builder {
public:
  static constexpr auto max_object_size =
    std::numeric_limits<std::size_t>::max();
  static constexpr auto max_array_size = max_object_size;
  static constexpr auto max_key_size = max_object_size;
  static constexpr auto max_string_size = max_object_size;

  bool on_document_begin(json::error_code&) {
    document_.reset();
    return true;
  }

  bool on_document_end(json::error_code&) { return true; }

  bool on_array_begin(json::error_code&) { return open(true); }

  bool on_array_end(std::size_t n, json::error_code&) {
    document_.push_array(n);
    return close();
  }

  bool on_object_begin(json::error_code&) { return open(false); }

  bool on_object_end(std::size_t n, json::error_code&) {
    document_.push_object(n);
    return close();
  }

  bool on_string_part(json::string_view x, std::size_t, json::error_code&) {
    document_.push_chars(x);
    return true;
  }

  bool on_string(json::string_view x, std::size_t, json::error_code&) {
    document_.push_string(x);
    return next();
  }

  bool on_key_part(json::string_view x, std::size_t, json::error_code&) {
    document_.push_chars(x);
    key_.append(x.data(), x.size());
    return true;
  }

  bool on_key(json::string_view x, std::size_t, json::error_code&) {
    document_.push_key(x);
    key_.append(x.data(), x.size());
    auto& here = levels_.back();
    here.key = std::exchange(key_, {});
    if (!here.seen.insert(here.key).second)
      twice_.push_back(
        {path(), text::shortened(text::quoted(here.key)), "each key once",
         "key given twice"});
    return true;
  }

  bool on_number_part(json::string_view, json::error_code&) { return true; }

  bool on_int64(int64_t x, json::string_view, json::error_code&) {
    document_.push_int64(x);
    return next();
  }

  bool on_uint64(uint64_t x, json::string_view, json::error_code&) {
    document_.push_uint64(x);
    return next();
  }

  /// Boost's own conversion is off by a bit now and then, so do it again. The
  /// parser has the whole text at once: `digits` is the whole number.
  bool on_double(double x, json::string_view digits, json::error_code&) {
    const auto* end = digits.data() + digits.size();
    double exact = x;
    auto done = std::from_chars(digits.data(), end, exact);
    document_.push_double(done.ec == std::errc{} ? exact : x);
    return next();
  }

  bool on_bool(bool x, json::error_code&) {
    document_.push_bool(x);
    return next();
  }

  bool on_null(json::error_code&) {
    document_.push_null();
    return next();
  }

  bool on_comment_part(json::string_view, json::error_code&) { return true; }

  bool on_comment(json::string_view, json::error_code&) { return true; }

  json::value release() { return document_.release(); }

  std::vector<config_error>& twice() { return twice_; }

  /// @returns the path of the value that the parser is at.
  std::string path() const {
    std::string result;
    for (const auto& x : levels_)
      result =
        x.array ? text::step(result, x.index) : text::step(result, x.key);
    return result;
  }

private:
  struct level {
    bool array = false;
    std::size_t index = 0;
    std::string key;
    std::set<std::string> seen;
  };

  bool open(bool array) {
    levels_.push_back({.array = array, .index = 0, .key = {}, .seen = {}});
    return true;
  }

  bool close() {
    levels_.pop_back();
    return next();
  }

  bool next() {
    if (!levels_.empty())
      ++levels_.back().index;
    return true;
  }

  json::value_stack document_;
  std::vector<level> levels_;
  std::string key_;
  std::vector<config_error> twice_;
};

/// @returns the error that `message` describes at `offset` of `text`.
config_error malformed(
  std::string_view text, const std::string& origin, std::size_t offset,
  const std::string& message) {
  auto before = text.substr(0, offset);
  auto line_start = before.rfind('\n') + 1; // 0 where there is none
  auto line = 1 + std::count(before.begin(), before.end(), '\n');
  auto rest = before.substr(line_start);
  auto column = 1 + std::count_if(rest.begin(), rest.end(), [](char c) {
                  return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
                });
  auto there = text.substr(offset, 20);
  if (auto end = there.find('\n'); end != 0)
    there = there.substr(0, end);
  return {
    origin + ':' + std::to_string(line) + ':' + std::to_string(column),
    there.empty() ? "end of file" : text::shortened(text::escaped(there)),
    "valid JSON: " + message, "not valid JSON"};
}

/// @returns where the number that ends at `offset` starts.
std::size_t number_start(std::string_view text, std::size_t offset) {
  auto before = text.substr(0, offset).find_last_not_of("0123456789+-.eE");
  return before == text.npos ? 0 : before + 1;
}

} // namespace

std::optional<boost::json::value> parse_json(
  std::string_view text, const std::string& origin,
  std::vector<config_error>& errors) {
  auto fail = [&](std::size_t offset, const std::string& message) {
    errors.push_back(malformed(text, origin, offset, message));
    return std::nullopt;
  };
  if (text.starts_with("\xEF\xBB\xBF"))
    return fail(0, "no byte order mark at the start");
  if (auto offset = text::invalid_utf8(text); offset != text.npos)
    return fail(offset, "every byte part of a UTF-8 character");
  json::basic_parser<builder> parser{json::parse_options{}};
  json::error_code ec;
  auto offset = parser.write_some(false, text.data(), text.size(), ec);
  if (!ec && offset < text.size())
    ec = json::error::extra_data;
  auto& built = parser.handler();
  if (ec == json::error::exponent_overflow) {
    auto start = number_start(text, offset);
    auto end = text.find_first_not_of("0123456789+-.eE", start);
    auto digits = std::string{text.substr(start, end - start)};
    auto path = built.path();
    errors.push_back(
      {path.empty() ? origin : path, text::shortened(digits),
       "a number up to 1e308", ""});
    return std::nullopt;
  }
  if (ec)
    return fail(offset, "the parser says \"" + ec.message() + '"');
  std::ranges::move(built.twice(), std::back_inserter(errors));
  return built.release();
}

} // namespace tuner
