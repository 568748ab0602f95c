#include "actors/targets/foreign/selector.hpp"

#include <algorithm>
#include <optional>

namespace tuner {

namespace {

constexpr std::string_view syntax =
  R"(write it like name{label="x",other=~"a|b.*"}, or the sum or difference )"
  R"(of such)";

constexpr std::string_view regex_signs = "[](){}+?*^$.";

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

bool in_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
    || (c >= '0' && c <= '9') || c == '_' || c == ':';
}

/// Reads selectors from a text; the first problem ends it.
class parser {
public:
  explicit parser(std::string_view text) : rest_(text) {}

  const std::string& problem() const { return problem_; }

  bool at_end() {
    skip();
    return rest_.empty();
  }

  bool take(std::string_view x) {
    skip();
    if (!rest_.starts_with(x))
      return false;
    rest_.remove_prefix(x.size());
    return true;
  }

  bool read(selector& x) {
    x.name = name();
    if (x.name.empty())
      return fail("a name of a metric is missing");
    if (!take("{"))
      return true;
    while (!take("}")) {
      if (!read(x.labels.emplace_back()))
        return false;
      if (!take(",") && !rest_.starts_with('}'))
        return fail("a comma or } is missing after a label");
    }
    return true;
  }

  bool fail(const std::string& what) {
    if (problem_.empty())
      problem_ = what + "; " + std::string{syntax};
    return false;
  }

private:
  void skip() {
    while (!rest_.empty() && is_blank(rest_.front()))
      rest_.remove_prefix(1);
  }

  std::string name() {
    skip();
    std::size_t n = 0;
    while (n < rest_.size() && in_name(rest_[n]))
      ++n;
    if (n > 0 && rest_[0] >= '0' && rest_[0] <= '9')
      n = 0;
    std::string result{rest_.substr(0, n)};
    rest_.remove_prefix(n);
    return result;
  }

  bool read(label_matcher& x) {
    x.name = name();
    if (x.name.empty())
      return fail("a name of a label is missing");
    if (take("=~"))
      x.test = label_test::like;
    else if (take("!~"))
      x.test = label_test::unlike;
    else if (take("!="))
      x.test = label_test::differs;
    else if (take("="))
      x.test = label_test::equal;
    else
      return fail("after label " + x.name + " there is no =, !=, =~ or !~");
    auto text = quoted();
    if (!text)
      return fail("the value of label " + x.name + " has no quotes around it");
    if (x.test == label_test::equal || x.test == label_test::differs) {
      x.choices.push_back({*text, false});
      return true;
    }
    return read_choices(*text, x);
  }

  std::optional<std::string> quoted() {
    if (!take("\""))
      return {};
    for (std::size_t i = 0; i < rest_.size(); ++i) {
      if (rest_[i] == '\\') {
        ++i;
      } else if (rest_[i] == '"') {
        auto result = unescaped(rest_.substr(0, i));
        rest_.remove_prefix(i + 1);
        return result;
      }
    }
    return {};
  }

  bool read_choices(std::string_view pattern, label_matcher& x) {
    x.choices.emplace_back();
    for (std::size_t i = 0; i < pattern.size(); ++i) {
      auto& now = x.choices.back();
      auto left = pattern.substr(i);
      if (left.starts_with('|')) {
        x.choices.emplace_back();
      } else if (left == ".*" || left.starts_with(".*|")) {
        now.open = true;
        ++i;
      } else if (left.size() > 1 && left[0] == '\\') {
        now.text += left[1];
        ++i;
      } else if (regex_signs.find(left[0]) != regex_signs.npos) {
        return fail(
          "the pattern of label " + x.name + " has a " + left[0]
          + ": only alternatives like a|b.* are understood (a sensor of kind "
            "promql understands all)");
      } else {
        now.text += left[0];
      }
    }
    return true;
  }

  std::string_view rest_;
  std::string problem_;
};

} // namespace

bool label_matcher::accepts(std::string_view value) const {
  auto found =
    std::any_of(choices.begin(), choices.end(), [&](const choice& x) {
      return x.open ? value.starts_with(x.text) : value == x.text;
    });
  return found == (test == label_test::equal || test == label_test::like);
}

bool selector::fits(const series_view& x) const {
  return std::all_of(labels.begin(), labels.end(), [&](const auto& wanted) {
    auto raw = label_of(x, wanted.name).value_or("");
    return raw.find('\\') == raw.npos ? wanted.accepts(raw)
                                      : wanted.accepts(unescaped(raw));
  });
}

std::string parse_selector(std::string_view text, selector& x) {
  x = {};
  parser in{text};
  if (in.read(x) && !in.at_end())
    in.fail("something follows the selector");
  return in.problem();
}

std::string parse_selector_sum(std::string_view text, selector_sum& x) {
  x = {};
  parser in{text};
  double sign = 1;
  for (;;) {
    auto& term = x.terms.emplace_back();
    term.sign = sign;
    if (!in.read(term.what) || in.at_end())
      break;
    if (in.take("+")) {
      sign = 1;
    } else if (in.take("-")) {
      sign = -1;
    } else {
      in.fail("something other than + or - follows a selector");
      break;
    }
  }
  return in.problem();
}

} // namespace tuner
