#include "config/loader.hpp"

#include "config/json_text.hpp"
#include "config/reader.hpp"
#include "config/rules.hpp"
#include "config/text_file.hpp"

namespace tuner {

namespace {

constexpr const char* file_allowed =
  "a readable regular file of at most 1 MiB with JSON in it";

load_result unreadable(const std::string& path, const std::string& reason) {
  load_result result;
  result.errors.push_back(
    {path.empty() ? "\"\"" : path, reason, file_allowed, "can't be read"});
  result.read_errors = 1;
  return result;
}

} // namespace

void finish(load_result& x) {
  x.value = x.as_read;
  if (x.errors.empty())
    check_rules(x.as_read, x.errors);
  derive(x.value);
}

load_result load_config_file(const std::string& path) {
  std::string text;
  if (auto reason = read_text_file(path, text); !reason.empty())
    return unreadable(path, reason);
  return load_config_text(text, path);
}

load_result load_config_text(std::string_view text, const std::string& origin) {
  if (text.size() > config_bytes_max)
    return unreadable(origin, std::to_string(text.size()) + " bytes");
  load_result result;
  if (auto document = parse_json(text, origin, result.errors))
    read(*document, origin, result.as_read, result.errors);
  result.read_errors = result.errors.size();
  finish(result);
  return result;
}

} // namespace tuner
