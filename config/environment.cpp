#include "config/allowed.hpp"
#include "config/finish.hpp"
#include "config/reader.hpp"
#include "config/text.hpp"

#include <boost/json/object.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace tuner {

namespace {

namespace json = boost::json;

/// An environment variable and the key that it overrules.
struct variable {
  const char* name;
  const char* section; ///< Empty for a key at the top.
  const char* key;
  bool flag; ///< Else a number.
};

constexpr std::array variables{
  variable{"MUAI_OPT_ENABLED", "", "enabled", true},
  variable{"MUAI_OPT_TUNER_ENABLED", "tuner", "enabled", true},
  variable{"MUAI_OPT_BATCHER_MAX_SIZE", "batcher", "max_batch_size", false},
  variable{"MUAI_OPT_BATCHER_TIMEOUT", "batcher", "batch_timeout_ms", false},
  variable{"MUAI_OPT_CACHE_MAX_MEMORY", "cache", "max_memory_mb", false},
};

std::optional<json::value> flag_in(std::string_view x) {
  std::string lower{x};
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  if (lower == "true" || lower == "1" || lower == "yes")
    return true;
  if (lower == "false" || lower == "0" || lower == "no")
    return false;
  return std::nullopt;
}

std::optional<json::value> number_in(std::string_view x) {
  double result = 0;
  auto done = std::from_chars(x.data(), x.data() + x.size(), result);
  if (done.ec != std::errc{} || done.ptr != x.data() + x.size())
    return std::nullopt;
  return result;
}

/// Sets what `v` overrules to `content`, as if a file said so: the schema
/// knows what is allowed.
void apply(load_result& x, const variable& v, std::string_view content) {
  auto parsed = v.flag ? flag_in(content) : number_in(content);
  json::object file;
  file[v.key] = parsed.value_or(json::value{"unreadable"});
  if (*v.section != '\0')
    file = {{v.section, file}};
  std::vector<config_error> errors;
  read(file, "", x.as_read, errors);
  for (auto& e : errors) {
    e.path = std::string{"environment "} + v.name;
    e.value = text::shortened('"' + text::escaped(content) + '"');
    if (v.flag)
      e.allowed = "true, 1, yes, false, 0 or no, in any case";
    x.errors.push_back(std::move(e));
  }
}

} // namespace

void apply_environment(load_result& x, const environment& lookup) {
  auto first_rule =
    x.errors.begin() + static_cast<std::ptrdiff_t>(x.read_errors);
  x.errors.erase(first_rule, x.errors.end());
  for (const auto& v : variables)
    if (const char* content = lookup(v.name))
      apply(x, v, content);
  x.read_errors = x.errors.size();
  finish(x);
}

} // namespace tuner
