#include "actors/targets/foreign/selector.hpp"

#include <doctest/doctest.h>

using namespace tuner;

namespace {

selector parsed(std::string_view text) {
  selector x;
  CAPTURE(std::string{text});
  CHECK(parse_selector(text, x) == "");
  return x;
}

/// @returns whether `pattern` takes the series that `text` shows.
bool takes(std::string_view pattern, std::string_view text) {
  exposition_reader in{text};
  series_view x;
  REQUIRE(in.next(x));
  return parsed(pattern).fits(x);
}

} // namespace

TEST_CASE("E3 a selector takes the series that PromQL's would") {
  const auto* ok = R"(a{code="200",path="C:\\x\"y"} 1)";
  CHECK(takes("a", ok));
  CHECK(takes("a{}", ok));
  CHECK(takes(R"(a{code="200"})", ok));
  CHECK_FALSE(takes(R"(a{code="20"})", ok));
  CHECK_FALSE(takes(R"(a{code!="200"})", ok));
  CHECK(takes(R"(a{ code != "500" , })", ok));
  CHECK(takes(R"(a{path="C:\\x\"y"})", ok));
  CHECK_FALSE(takes(R"(a{code="200",path="z"})", ok));
}

TEST_CASE("E3 a label that is not there is an empty one") {
  CHECK(takes(R"(a{x=""})", "a 1"));
  CHECK(takes(R"(a{x!="y"})", "a 1"));
  CHECK_FALSE(takes(R"(a{x="y"})", "a 1"));
  CHECK(takes(R"(a{x=~"y|"})", "a 1"));
}

TEST_CASE("E3 patterns are alternatives, which may end open") {
  CHECK(takes(R"(a{code=~"2.*|404"})", R"(a{code="204"} 1)"));
  CHECK(takes(R"(a{code=~"2.*|404"})", R"(a{code="404"} 1)"));
  CHECK_FALSE(takes(R"(a{code=~"2.*|404"})", R"(a{code="4040"} 1)"));
  CHECK_FALSE(takes(R"(a{code=~"2.*|404"})", R"(a{code="120"} 1)"));
  CHECK(takes(R"(a{code!~"5.*"})", R"(a{code="404"} 1)"));
  CHECK_FALSE(takes(R"(a{code!~"5.*"})", R"(a{code="503"} 1)"));
  CHECK(takes(R"(a{v=~"1\\.5"})", R"(a{v="1.5"} 1)"));
  CHECK_FALSE(takes(R"(a{v=~"1\\.5"})", R"(a{v="1x5"} 1)"));
}

TEST_CASE("E3 sums and differences of selectors are read") {
  selector_sum x;
  CHECK(parse_selector_sum(R"(a{b="+"} + c - d)", x) == "");
  REQUIRE(x.terms.size() == 3);
  CHECK(x.terms[0].what.name == "a");
  CHECK(x.terms[1].sign == 1);
  CHECK(x.terms[2].sign == -1);
  CHECK(x.terms[2].what.name == "d");
}

TEST_CASE("E3 what is no selector is refused with what is wrong") {
  selector x;
  for (std::string text :
       {"", "{a=\"b\"}", "1a", "a{", "a{b}", "a{b=c}", "a{b=\"c}",
        "a{b=\"c\" d=\"e\"}", "a b", "a{b=\"c\"} 1", "a{b<\"c\"}", "a + b",
        "rate(a[5m])"}) {
    CAPTURE(text);
    CHECK(parse_selector(text, x) != "");
  }
  for (std::string pattern : {"(x|y)", ".+", "x.*y", "[0-9]", "^x"}) {
    CAPTURE(pattern);
    auto problem = parse_selector("a{b=~\"" + pattern + "\"}", x);
    CHECK(problem.find("promql") != std::string::npos);
  }
  selector_sum sum;
  CHECK(parse_selector_sum("a * b", sum) != "");
  CHECK(parse_selector_sum("a +", sum) != "");
}
