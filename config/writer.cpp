#include "config/loader.hpp"
#include "config/schema.hpp"
#include "config/text.hpp"

namespace tuner {

namespace {

/// Writes JSON, two spaces per level, a line per key.
class writer final : public schema_visitor {
public:
  void flag(const char* key, bool& x, const char*) override {
    member(key, x ? "true" : "false");
  }

  void number(const char* key, double& x, const range&, const char*) override {
    member(key, number_text(x));
  }

  void number(const char* key, reading& x, const range&, const char*) override {
    member(key, x ? number_text(*x) : "null");
  }

  void
  number(const char* key, uint64_t& x, const range&, const char*) override {
    member(key, std::to_string(x));
  }

  void
  word(const char* key, std::string& x, const words&, const char*) override {
    member(key, text::quoted(x));
  }

  void text(
    const char* key, std::string& x, const text_rule&, const char*) override {
    member(key, text::quoted(x));
  }

  void numbers(
    const char* key, std::map<std::string, double>& x, const range&,
    const char*) override {
    begin(key, '{');
    for (const auto& [name, value] : x)
      member(name, number_text(value));
    end('}');
  }

  void choices(
    const char* key, std::map<std::string, std::string>& x, const words&,
    const words&, const char*) override {
    begin(key, '{');
    for (const auto& [name, value] : x)
      member(name, text::quoted(value));
    end('}');
  }

  // Only scenarios have these, and nobody writes scenarios.
  void texts(
    const char* key, std::vector<std::string>& x, const text_rule&,
    const char*) override {
    std::string all;
    for (const auto& item : x)
      all += (all.empty() ? "" : ", ") + text::quoted(item);
    member(key, '[' + all + ']');
  }

  void rows(
    const char* key, std::vector<std::vector<double>>&, std::size_t,
    const range&, const char*) override {
    member(key, "[]");
  }

  void timed(
    const char* key, std::vector<std::pair<double, settings>>&,
    const char*) override {
    member(key, "[]");
  }

  void table(const char* key, std::vector<knob_spec>& x, const char*) override {
    begin(key, '{');
    for (auto& item : x) {
      begin(item.name, '{');
      describe(*this, item);
      end('}');
    }
    end('}');
  }

  /// Opens an object or array; an item of an array has no key.
  void begin(std::string_view key, char bracket) {
    new_line();
    if (!key.empty())
      out_ += text::quoted(key) + ": ";
    out_ += bracket;
    ++depth_;
    empty_ = true;
  }

  void end(char bracket) {
    --depth_;
    if (!empty_)
      indent();
    out_ += bracket;
    empty_ = false;
  }

  const std::string& result() const { return out_; }

protected:
  void items(const char* key, const array& x, const char*) override {
    begin(key, '[');
    for (std::size_t i = 0; i < x.size; ++i) {
      begin({}, '{');
      x.describe(*this, i);
      end('}');
    }
    end(']');
  }

  void enter(const char* key, const std::function<void(schema_visitor&)>& body)
    override {
    begin(key, '{');
    body(*this);
    end('}');
  }

private:
  /// JSON has no word for a number that is none.
  static std::string number_text(double x) {
    return x - x == 0 ? text::number(x) : "null";
  }

  void member(std::string_view key, const std::string& value) {
    new_line();
    out_ += text::quoted(key) + ": " + value;
    empty_ = false;
  }

  void new_line() {
    if (depth_ == 0)
      return;
    if (!empty_)
      out_ += ',';
    indent();
  }

  void indent() { out_ += '\n' + std::string(2 * depth_, ' '); }

  std::string out_;
  std::size_t depth_ = 0;
  bool empty_ = true; ///< Nothing inside the current brackets yet.
};

} // namespace

std::string to_json(const config& x) {
  auto copy = x; // The schema takes what it could also fill.
  writer out;
  out.begin({}, '{');
  describe(out, copy);
  out.end('}');
  return out.result() + '\n';
}

} // namespace tuner
