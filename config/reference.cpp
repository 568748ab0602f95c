#include "config/reference.hpp"

#include "config/reader.hpp"
#include "config/schema.hpp"
#include "config/text.hpp"

#include <cmath>

namespace tuner {

namespace {

/// Writes one row for each key. `[]` in a path stands for any item of a list,
/// `NAME` for any key.
class documenter final : public schema_visitor {
public:
  void flag(const char* key, bool& x, const char* what) override {
    row(key, x ? "true" : "false", "true or false", what);
  }

  void number(
    const char* key, double& x, const range& allowed,
    const char* what) override {
    row(
      key, std::isnan(x) ? "depends" : text::number(x), to_string(allowed),
      what);
  }

  void number(
    const char* key, reading& x, const range& allowed,
    const char* what) override {
    row(
      key, x ? text::number(*x) : "null", "null or " + to_string(allowed),
      what);
  }

  void number(
    const char* key, uint64_t& x, const range& allowed,
    const char* what) override {
    row(key, std::to_string(x), to_string(allowed), what);
  }

  void word(
    const char* key, std::string& x, const words& allowed,
    const char* what) override {
    row(key, text::quoted(x), to_string(allowed), what);
  }

  void text(
    const char* key, std::string& x, const text_rule& allowed,
    const char* what) override {
    row(key, text::quoted(x), allowed.what, what);
  }

  void numbers(
    const char* key, std::map<std::string, double>&, const range& allowed,
    const char* what) override {
    row(text::step(key, "NAME"), "none", to_string(allowed), what);
  }

  void choices(
    const char* key, std::map<std::string, std::string>&, const words& keys,
    const words& allowed, const char* what) override {
    row(
      text::step(key, "NAME"), "none",
      to_string(allowed) + "; names: " + text::listed(keys), what);
  }

  void texts(
    const char* key, std::vector<std::string>&, const text_rule& allowed,
    const char* what) override {
    row(
      key, "[]", std::string{"an array of texts, each "} + allowed.what, what);
  }

  void rows(
    const char* key, std::vector<std::vector<double>>&, std::size_t columns,
    const range& allowed, const char* what) override {
    row(
      key, "[]",
      "an array of rows of " + std::to_string(columns) + " numbers, each "
        + to_string(allowed),
      what);
  }

  void timed(
    const char* key, std::vector<std::pair<double, settings>>&,
    const char* what) override {
    row(key, "[]", "an array of [second, {knob: value}]", what);
  }

  void
  table(const char* key, std::vector<knob_spec>&, const char* what) override {
    row(key, "{}", "an object with a key for each knob", what);
    knob_spec item;
    item.min = item.max = item.initial = left_out;
    inside(
      text::step(key, "NAME"), [&](schema_visitor& v) { describe(v, item); });
  }

  std::string result() const {
    return "| path | default | allowed | what |\n| --- | --- | --- | --- |\n"
      + rows_;
  }

protected:
  void items(const char* key, const array& x, const char* what) override {
    row(key, "[]", "an array of at most 1000 objects", what);
    x.renew(1);
    inside(
      std::string{key} + "[]", [&](schema_visitor& v) { x.describe(v, 0); });
    x.renew(0);
  }

  void enter(const char* key, const std::function<void(schema_visitor&)>& body)
    override {
    auto outside = std::exchange(path_, text::step(path_, key));
    body(*this);
    path_ = outside;
  }

private:
  void inside(
    const std::string& key, const std::function<void(schema_visitor&)>& body) {
    auto outside = std::exchange(path_, full(key));
    body(*this);
    path_ = outside;
  }

  std::string full(const std::string& key) const {
    return path_.empty() ? key : path_ + '.' + key;
  }

  void row(
    const std::string& key, const std::string& value,
    const std::string& allowed, const char* what) {
    rows_ += "| `" + full(key) + "` | `" + value + "` | " + allowed + " | "
      + what + " |\n";
  }

  std::string path_;
  std::string rows_;
};

} // namespace

std::string reference() {
  config defaults;
  return reference([&](schema_visitor& v) { describe(v, defaults); });
}

std::string reference(const std::function<void(schema_visitor&)>& keys) {
  documenter out;
  keys(out);
  return out.result();
}

} // namespace tuner
