#include "config/token.hpp"
#include "tests/unit/contains.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>

using namespace tuner;
using namespace tuner::test;

namespace {

const std::string good = "correct-horse-battery-staple";

/// A file that is gone with the test.
struct token_file {
  explicit token_file(const std::string& text, mode_t mode = 0600) {
    std::filesystem::remove(path);
    std::ofstream{path} << text;
    ::chmod(path.c_str(), mode);
  }
  ~token_file() { std::filesystem::remove(path); }

  std::string path = std::filesystem::temp_directory_path()
    / ("auto_tuner_token_test_" + std::to_string(::getpid()));
};

/// @returns what is wrong with the file; empty if nothing is.
std::string problem_with(const std::string& path) {
  try {
    read_token_file(path);
    return {};
  } catch (const std::runtime_error& x) {
    return x.what();
  }
}

} // namespace

TEST_CASE("D5 a token is the only line of its file") {
  for (const auto& text : {good, good + '\n', good + "\r\n"})
    CHECK(read_token_file(token_file{text}.path) == good);
  CHECK(read_token_file(token_file{good, 0400}.path) == good);
  CHECK(read_token_file(token_file{std::string(512, 'x')}.path).size() == 512);
}

TEST_CASE("D5 a token file that others may use is refused") {
  for (mode_t mode : {0640U, 0620U, 0610U, 0604U, 0602U, 0601U, 0666U, 0777U}) {
    auto said = problem_with(token_file{good, mode}.path);
    CHECK(contains(said, "admin.token_file: "));
    CHECK(contains(said, "chmod 600"));
    CHECK_FALSE(contains(said, good));
  }
}

TEST_CASE("D5 a token file of someone else is refused") {
  if (::geteuid() != 0) // Only root can give files away.
    return;
  token_file file{good};
  REQUIRE(::chown(file.path.c_str(), 65534, 65534) == 0);
  CHECK(contains(problem_with(file.path), "belongs to another user"));
}

TEST_CASE("D5 a file without a token is refused") {
  for (const auto& text :
       {std::string{}, std::string{"\n"}, std::string(15, 'x'),
        std::string(513, 'x'), std::string(100'000, 'x'), good + ' ',
        good + '\n' + good, std::string{"correct horse battery staple"},
        good + '\0', good + "\xc3\xa4"}) {
    auto said = problem_with(token_file{text}.path);
    CHECK(contains(said, "holds no token"));
    CHECK(contains(said, "umask 077"));
  }
}

TEST_CASE("D5 what is no file is refused, and never waited for") {
  CHECK(contains(problem_with("/nowhere/token"), "No such file"));
  CHECK(contains(problem_with("/"), "is no regular file"));
  CHECK(contains(problem_with("/dev/zero"), "is no regular file"));
  token_file place{""};
  std::filesystem::remove(place.path);
  REQUIRE(::mkfifo(place.path.c_str(), 0600) == 0);
  CHECK(contains(problem_with(place.path), "is no regular file"));
}

TEST_CASE("D5 secrets are the same only if all of them is") {
  CHECK(same_secret(good, good));
  for (size_t n = 0; n < good.size(); ++n) {
    CHECK_FALSE(same_secret(good.substr(0, n), good));
    auto one_off = good;
    one_off[n] ^= 1;
    CHECK_FALSE(same_secret(one_off, good));
  }
  CHECK_FALSE(same_secret(good + good, good));
  CHECK_FALSE(same_secret("", ""));
  CHECK_FALSE(same_secret("x", ""));
}
