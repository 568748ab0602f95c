#include "config/reader.hpp"

#include "config/schema.hpp"
#include "config/take.hpp"
#include "config/text.hpp"

#include <algorithm>
#include <limits>

namespace tuner {

const double left_out = std::numeric_limits<double>::quiet_NaN();

namespace {

namespace json = boost::json;

/// A knob before the file has its say.
knob_spec blank_knob(std::string_view name) {
  static const auto standard = standard_knobs({});
  knob_spec result;
  if (const auto* known = standard.find(name))
    result = *known;
  else
    result.min = result.max = left_out;
  result.name = name;
  result.initial = left_out;
  return result;
}

using body = std::function<void(schema_visitor&)>;

/// Lets `inside` read `from`, if it is an object.
void read_object(
  const json::value& from, const std::string& path,
  std::vector<config_error>& errors, const body& inside);

template <class T>
void read_object(
  const json::value& from, const std::string& path,
  std::vector<config_error>& errors, T& x) {
  read_object(
    from, path, errors, body{[&x](schema_visitor& v) { describe(v, x); }});
}

/// Reads one JSON object, key by key as the schema asks for them.
class reader final : public schema_visitor {
public:
  reader(
    const json::object& from, std::string path,
    std::vector<config_error>& errors)
    : from_(from), path_(std::move(path)), errors_(errors) {}

  void flag(const char* key, bool& x, const char*) override {
    const auto* found = find(key);
    if (found && !take(*found, x))
      refuse(key, *found, "true or false");
  }

  void number(
    const char* key, double& x, const range& allowed, const char*) override {
    member(key, x, allowed, to_string(allowed));
  }

  void number(
    const char* key, reading& x, const range& allowed, const char*) override {
    member(key, x, allowed, "null or " + to_string(allowed));
  }

  void number(
    const char* key, uint64_t& x, const range& allowed, const char*) override {
    member(key, x, allowed, to_string(allowed));
  }

  void word(const char* key, std::string& x, const words& allowed, const char*)
    override {
    member(key, x, allowed, to_string(allowed));
  }

  void text(
    const char* key, std::string& x, const text_rule& allowed,
    const char*) override {
    member(key, x, allowed, allowed.what);
  }

  void texts(
    const char* key, std::vector<std::string>& x, const text_rule& allowed,
    const char*) override {
    auto wanted = std::string{"an array of texts, each "} + allowed.what;
    const auto* entries = find_array(key, wanted);
    if (!entries)
      return;
    auto path = text::step(path_, key);
    x.clear();
    for (const auto& item : *entries) {
      std::string one;
      if (!take(item, one, allowed))
        errors_.push_back(
          {text::step(path, x.size()), text::shown(item), wanted, ""});
      x.push_back(std::move(one));
    }
  }

  void numbers(
    const char* key, std::map<std::string, double>& x, const range& allowed,
    const char*) override {
    const auto* object = find_object(key, "an object of numbers");
    if (!object)
      return;
    reader inside{*object, text::step(path_, key), errors_};
    x.clear();
    for (const auto& [name, value] : *object)
      inside.member(name, x[name], allowed, to_string(allowed));
  }

  void choices(
    const char* key, std::map<std::string, std::string>& x, const words& keys,
    const words& allowed, const char*) override {
    const auto* object =
      find_object(key, "an object with any of the keys " + text::listed(keys));
    if (!object)
      return;
    reader inside{*object, text::step(path_, key), errors_};
    x.clear();
    for (auto name : keys)
      if (object->contains(name))
        inside.member(name, x[std::string{name}], allowed, to_string(allowed));
    inside.known_ = keys;
    inside.refuse_unknown_keys();
  }

  void rows(
    const char* key, std::vector<std::vector<double>>& x, std::size_t columns,
    const range& allowed, const char*) override {
    auto wanted = "an array of rows of " + std::to_string(columns)
      + " numbers, each " + to_string(allowed);
    const auto* entries = find_array(key, wanted);
    if (!entries)
      return;
    auto path = text::step(path_, key);
    x.clear();
    for (const auto& item : *entries) {
      std::vector<double> row(columns);
      const auto* cells = item.if_array();
      bool fits = cells && cells->size() == columns;
      for (std::size_t i = 0; fits && i < columns; ++i)
        fits = take((*cells)[i], row[i], allowed);
      if (!fits)
        errors_.push_back(
          {text::step(path, x.size()), text::shown(item), wanted, ""});
      x.push_back(std::move(row));
    }
  }

  void timed(
    const char* key, std::vector<std::pair<double, settings>>& x,
    const char*) override {
    constexpr range moment = within(0, 1e9, "seconds");
    constexpr range value = within(0, 1e6);
    const std::string wanted =
      "an array of [second, {knob: value}], as in [[900, {\"batch_size\": 8}]]";
    const auto* entries = find_array(key, wanted);
    if (!entries)
      return;
    auto path = text::step(path_, key);
    x.clear();
    for (const auto& item : *entries) {
      auto& entry = x.emplace_back();
      const auto* cells = item.if_array();
      bool fits = cells && cells->size() == 2
        && take((*cells)[0], entry.first, moment) && (*cells)[1].is_object();
      if (fits)
        for (const auto& [knob, v] : (*cells)[1].get_object())
          fits = fits && take(v, entry.second[knob], value);
      if (!fits)
        errors_.push_back(
          {text::step(path, x.size() - 1), text::shown(item), wanted, ""});
    }
  }

  void table(const char* key, std::vector<knob_spec>& x, const char*) override {
    const auto* object = find_object(key, "an object with a key for each knob");
    if (!object)
      return;
    auto path = text::step(path_, key);
    x.clear();
    for (const auto& [name, value] : *object) {
      if (!text::is_identifier(name))
        errors_.push_back(
          {text::step(path, name), text::shortened(text::quoted(name)),
           "letters, digits and _, not starting with a digit",
           "not a name for a knob"});
      x.push_back(blank_knob(name));
      read_object(value, text::step(path, name), errors_, x.back());
    }
  }

  /// Reports the keys that the schema did not ask for.
  void refuse_unknown_keys() {
    for (const auto& [key, value] : from_) {
      if (std::find(known_.begin(), known_.end(), key) != known_.end())
        continue;
      errors_.push_back(
        {text::step(path_, key), text::shown(value),
         text::instead_of(key, known_), "unknown key"});
    }
  }

  const words& known() const { return known_; }

protected:
  void items(const char* key, const array& x, const char*) override {
    constexpr std::size_t most = 1000;
    const auto* found = find(key);
    if (!found)
      return;
    if (!found->is_array() || found->get_array().size() > most)
      return refuse(key, *found, "an array of at most 1000 objects");
    auto path = text::step(path_, key);
    const auto& from = found->get_array();
    x.renew(from.size());
    for (std::size_t i = 0; i < from.size(); ++i)
      read_object(
        from[i], text::step(path, i), errors_,
        body{[&](schema_visitor& v) { x.describe(v, i); }});
  }

  void enter(const char* key, const body& inside) override {
    if (const auto* found = find(key))
      read_object(*found, text::step(path_, key), errors_, inside);
  }

private:
  /// @returns the value of a key that the schema knows, if it is there.
  const json::value* find(std::string_view key) {
    known_.push_back(key);
    return from_.if_contains(key);
  }

  const json::object* find_object(const char* key, const std::string& allowed) {
    const auto* found = find(key);
    if (!found || found->is_object())
      return found ? &found->get_object() : nullptr;
    refuse(key, *found, allowed);
    return nullptr;
  }

  const json::array* find_array(const char* key, const std::string& allowed) {
    const auto* found = find(key);
    if (!found || found->is_array())
      return found ? &found->get_array() : nullptr;
    refuse(key, *found, allowed);
    return nullptr;
  }

  void refuse(
    std::string_view key, const json::value& found,
    const std::string& allowed) {
    errors_.push_back(
      {text::step(path_, key), text::shown(found), allowed, ""});
  }

  template <class T, class Allowed>
  void member(
    std::string_view key, T& x, const Allowed& allowed,
    const std::string& in_words) {
    const auto* found = find(key);
    if (found && !take(*found, x, allowed))
      refuse(key, *found, in_words);
  }

  const json::object& from_;
  std::string path_;
  std::vector<config_error>& errors_;
  words known_; ///< Keys asked for so far, in the order of the schema.
};

void read_object(
  const json::value& from, const std::string& path,
  std::vector<config_error>& errors, const body& inside) {
  static const json::object nothing;
  const auto* object = from.if_object();
  reader here{object ? *object : nothing, path, errors};
  inside(here);
  if (object)
    here.refuse_unknown_keys();
  else
    errors.push_back(
      {path, text::shown(from),
       "an object with any of the keys " + text::listed(here.known()), ""});
}

} // namespace

void read_keys(
  const boost::json::value& from, const std::string& top,
  const std::function<void(schema_visitor&)>& keys,
  std::vector<config_error>& errors) {
  read_object(from, from.is_object() ? "" : top, errors, keys);
}

void read(
  const boost::json::value& from, const std::string& top, config& x,
  std::vector<config_error>& errors) {
  read_object(from, from.is_object() ? "" : top, errors, x);
}

} // namespace tuner
