#include "config/loader.hpp"

#include <doctest/doctest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

using namespace tuner;

namespace {

/// A folder that is gone after the test.
class temporary_folder {
public:
  temporary_folder() {
    auto pattern =
      (std::filesystem::temp_directory_path() / "config_test.XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }

  ~temporary_folder() { std::filesystem::remove_all(path_); }

  std::string operator/(const std::string& name) const {
    return (path_ / name).string();
  }

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream{*this / name, std::ios::binary} << text;
    return *this / name;
  }

private:
  std::filesystem::path path_;
};

std::vector<config_error> errors_in(const std::string& text) {
  return load_config_text(text, "text").errors;
}

/// Checks that `path` can't be loaded and that one error says so.
void check_refused(const std::string& path, const std::string& named) {
  CAPTURE(path);
  auto result = load_config_file(path);
  REQUIRE(result.errors.size() == 1);
  CHECK(result.errors[0].path == named);
  CHECK_FALSE(result.errors[0].value.empty());
  CHECK(result.errors[0].value.size() <= 60);
  CHECK_FALSE(result.errors[0].allowed.empty());
}

std::string repeated(const std::string& x, std::size_t times) {
  std::string result;
  for (std::size_t i = 0; i < times; ++i)
    result += x;
  return result;
}

} // namespace

TEST_CASE("E6 an error is one line with path, value and what is allowed") {
  auto errors =
    errors_in(R"({"tuner": {"watchdog": {"check_delay_seconds": -5}}})");
  REQUIRE(errors.size() == 1);
  CHECK(
    to_string(errors[0])
    == "tuner.watchdog.check_delay_seconds: -5 is not allowed; allowed: a "
       "number from 0.01 to 86400 (seconds)");
}

TEST_CASE("E6 an unknown key is named with its path and what is allowed") {
  auto errors = errors_in(R"({"batcher": {"max_bach_size": [1, {"a": 2.5}]}})");
  REQUIRE(errors.size() == 1);
  CHECK(
    to_string(errors[0])
    == "batcher.max_bach_size: unknown key ([1,{\"a\":2.5}]); allowed: "
       "max_batch_size, batch_timeout_ms; did you mean max_batch_size?");
}

TEST_CASE("E6 no key is suggested where none is close") {
  auto errors = errors_in(R"({"colour": "blue"})");
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].allowed.find("did you mean") == std::string::npos);
}

TEST_CASE("E6 all errors of a file are reported") {
  auto errors = errors_in(
    R"({"enabled": 1, "tuner": {"mode": "off", "slo": 5, "history_size": 1.5,
        "mode": "on"}, "targets": [{"name": "9"}, 7], "color": 1})");
  std::vector<std::string> paths;
  for (const auto& error : errors)
    paths.push_back(error.path);
  CHECK(
    paths
    == std::vector<std::string>{
      "tuner.mode", "enabled", "tuner.mode", "tuner.slo", "tuner.history_size",
      "targets[0].name", "targets[1]", "color"});
}

TEST_CASE("E6 all broken rules between keys are reported") {
  auto errors = errors_in(
    R"({"tuner": {"threshold": {"batch_floor": 200, "cache_floor_mb": 9000}},
        "targets": [{}, {"knobs": {"x": {}}}]})");
  CHECK(errors.size() == 7);
}

TEST_CASE("E6 long values and keys are cut between characters") {
  auto errors = errors_in(
    R"({"tuner": {"mode": "x)" + repeated("\xc3\xa4", 500) + R"("}, ")"
    + repeated("k", 500) + R"(": 1})");
  REQUIRE(errors.size() == 2);
  CHECK(errors[0].value == "\"x" + repeated("\xc3\xa4", 27) + "...");
  CHECK(errors[1].path == "[\"" + repeated("k", 56) + "...]");
}

TEST_CASE("E6 an error never contains a control character") {
  auto errors = errors_in(
    "{\"a\\u001b[31m\": 1, \"b\x7f\": 1, \"c\\u009b\": \"\\u0085\\u0007\"}");
  REQUIRE(errors.size() == 3);
  for (const auto& error : errors) {
    auto line = to_string(error);
    CAPTURE(line);
    CHECK(std::none_of(line.begin(), line.end(), [](char c) {
      return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    }));
    CHECK(line.find("\xc2\x9b") == std::string::npos);
    CHECK(line.find("\xc2\x85") == std::string::npos);
  }
}

TEST_CASE("E6 malformed JSON is located by line and column in characters") {
  auto errors = errors_in("{\n\t\"\xc3\xa4\": \"\x01\"\n}");
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].path == "text:2:8");
  CHECK(errors[0].value == "\\x01\"");
  CHECK(errors[0].allowed.starts_with("valid JSON: "));
}

TEST_CASE("E6 what is not UTF-8 is refused") {
  temporary_folder folder;
  for (const char* bytes :
       {"\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82",
        "\x80", "\xf8\x88\x80\x80\x80"}) {
    auto text = std::string{"{\n\"logging\": {\"file\": \""} + bytes + "\"}}";
    auto file = folder.write("bytes.json", text);
    check_refused(file, file + ":2:22");
    CHECK(
      load_config_file(file).errors[0].allowed.ends_with("UTF-8 character"));
  }
}

TEST_CASE("E6 a byte order mark is called by its name") {
  auto errors = errors_in("\xEF\xBB\xBF{}");
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].allowed == "valid JSON: no byte order mark at the start");
}

TEST_CASE("E6 10,000 levels are too deep") {
  temporary_folder folder;
  auto arrays = folder.write("arrays.json", repeated("[", 10'000));
  check_refused(arrays, arrays + ":1:33");
  auto objects = folder.write(
    "objects.json", repeated("{\"tuner\":", 10'000) + repeated("}", 10'000));
  check_refused(objects, objects + ":1:289");
}

TEST_CASE("E6 a file over 1 MiB is refused by its size") {
  temporary_folder folder;
  auto text = "{}" + std::string(10 * 1024 * 1024, ' ');
  check_refused(folder.write("10_mb.json", text), folder / "10_mb.json");
  CHECK(
    load_config_file(folder / "10_mb.json").errors[0].value
    == "10485762 bytes");
  text.resize(config_bytes_max);
  CHECK(load_config_file(folder.write("1_mib.json", text)).ok());
  text += ' ';
  check_refused(folder.write("more.json", text), folder / "more.json");
  CHECK(errors_in(text).size() == 1);
}

TEST_CASE("E6 only regular files are read") {
  temporary_folder folder;
  REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
  std::filesystem::create_directory(folder / "folder");
  for (const std::string& path :
       {folder / "fifo", folder / "folder", folder / "missing.json",
        std::string{"/dev/zero"}, std::string{"/dev/null"}})
    check_refused(path, path);
  check_refused("", "\"\"");
}

TEST_CASE("E6 a file that can't be read is named with the reason") {
  temporary_folder folder;
  std::string path = "/proc/self/mem"; // a regular file, but not at offset 0
  if (::geteuid() != 0) {
    path = folder.write("secret.json", "{}");
    REQUIRE(::chmod(path.c_str(), 0) == 0);
  }
  check_refused(path, path);
  auto missing = load_config_file(folder / "missing.json");
  CHECK(
    to_string(missing.errors[0])
    == (folder / "missing.json")
      + ": can't be read (No such file or directory); allowed: a "
        "readable regular file of at most 1 MiB with JSON in it");
}
