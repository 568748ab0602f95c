#include "app/dashboard/assets.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>

using namespace tuner;

namespace {

std::string file_text(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

const asset* asset_at(std::string_view path) {
  auto all = dashboard_assets();
  auto i = std::find_if(
    all.begin(), all.end(), [&](const asset& x) { return x.path == path; });
  return i == all.end() ? nullptr : &*i;
}

/// @returns what the first group of `pattern` matches, each time.
std::set<std::string> found(std::string_view text, const char* pattern) {
  std::set<std::string> result;
  std::regex what{pattern};
  using each = std::regex_iterator<std::string_view::const_iterator>;
  for (each i{text.begin(), text.end(), what}; i != each{}; ++i)
    result.insert((*i)[1]);
  return result;
}

const std::filesystem::path sources =
  std::filesystem::path{AUTO_TUNER_SOURCE_DIR} / "app/dashboard";

} // namespace

TEST_CASE("D5 the page is built in byte for byte") {
  std::set<std::string> expected{".html", ".css", ".js", ".svg"};
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator{sources}) {
    if (expected.count(entry.path().extension()) == 0)
      continue;
    ++files;
    auto name = entry.path().filename().string();
    CAPTURE(name);
    const auto* part = asset_at(name == "index.html" ? "/" : "/assets/" + name);
    REQUIRE(part != nullptr);
    CHECK(part->body == file_text(entry.path()));
  }
  CHECK(files >= 10);
  REQUIRE(asset_at("/assets/dygraph.js") != nullptr);
  CHECK(asset_at("/assets/dygraph.js")->body.size() > 100'000);
  CHECK(asset_at("/assets/dygraph.js")->body.find('\0') == std::string::npos);
}

TEST_CASE("D5 every part that the page asks for is there, with its type") {
  const auto* page = asset_at("/");
  REQUIRE(page != nullptr);
  CHECK(page->content_type == "text/html; charset=utf-8");
  auto asked = found(page->body, "(?:href|src)=\"(/[^\"]*)\"");
  CHECK(asked.size() == 5);
  for (const auto& part : dashboard_assets())
    if (part.path.ends_with(".js") && part.path != "/assets/dygraph.js")
      for (const auto& name : found(part.body, "from '\\./([a-z]+\\.js)'"))
        asked.insert("/assets/" + name);
  CHECK(asked.size() >= 15);
  for (const auto& path : asked) {
    CAPTURE(path);
    const auto* part = asset_at(path);
    REQUIRE(part != nullptr);
    if (path.ends_with(".js"))
      CHECK(part->content_type == "text/javascript; charset=utf-8");
    if (path.ends_with(".css"))
      CHECK(part->content_type == "text/css; charset=utf-8");
  }
}

TEST_CASE("D5 the page needs no other server and nothing inline") {
  for (const auto& part : dashboard_assets()) {
    if (part.path.find("dygraph") != std::string::npos)
      continue;
    CAPTURE(part.path);
    CHECK(found(part.body, "(https?://(?!www\\.w3\\.org/2000/svg)[^\\s\"']+)")
            .empty());
    CHECK(
      found(part.body, "(innerHTML|document\\.write|eval\\(|@import)").empty());
  }
  auto page = asset_at("/")->body;
  CHECK(found(page, "(<style|<script>|\\sstyle=|\\son[a-z]+=|javascript:)")
          .empty());
}
