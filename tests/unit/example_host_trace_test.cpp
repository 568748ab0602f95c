#include "app/example_host/trace.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>

using namespace tuner::example;

namespace {

/// A CSV file that is removed in the end.
class trace_file {
public:
  explicit trace_file(const std::string& text) {
    std::ofstream{path, std::ios::binary} << text;
  }
  ~trace_file() { std::filesystem::remove(path); }
  trace_file(const trace_file&) = delete;
  trace_file& operator=(const trace_file&) = delete;

  const std::string path = std::filesystem::temp_directory_path()
    / ("example_host_trace_" + std::to_string(getpid()) + ".csv");
};

std::vector<double> times_in(const std::string& text) {
  trace_file file{text};
  return read_trace(file.path, "t");
}

/// The message for a trace with this text; the path is replaced by `FILE`.
std::string error_in(const std::string& text) {
  trace_file file{text};
  try {
    read_trace(file.path, "t");
  } catch (const trace_error& e) {
    std::string message = e.what();
    REQUIRE(message.starts_with(file.path));
    return "FILE" + message.substr(file.path.size());
  }
  return "no error";
}

} // namespace

TEST_CASE("E1 example host: a trace starts at 0 and keeps its gaps") {
  using times = std::vector<double>;
  CHECK(times_in("t\n5\n6.5\n6.5\n9\n") == times{0, 1.5, 1.5, 4});
  CHECK(times_in("a,t,b\nx,-1,\n,1e1,y") == times{0, 11});
  CHECK(times_in("\xef\xbb\xbft,n\r\n1,2\r\n\r\n3,4\r\n") == times{0, 2});
}

TEST_CASE("E1 example host: a trace that cannot be opened is named") {
  auto path = std::filesystem::temp_directory_path()
    / ("example_host_missing_" + std::to_string(getpid()) + ".csv");
  try {
    read_trace(path, "t");
    FAIL("no error");
  } catch (const trace_error& e) {
    CHECK(
      e.what() == path.string() + ": cannot be opened; a CSV file is expected");
  }
}

TEST_CASE("E1 example host: an error in a trace names its path and line") {
  CHECK(
    error_in("")
    == "FILE:1: nothing here; a header that names the columns is expected");
  CHECK(
    error_in("a,b\n1,2\n")
    == "FILE:1: no column \"t\"; the header has \"a\", \"b\"");
  CHECK(
    error_in("t,t\n1,2\n")
    == "FILE:1: more than one column \"t\"; the header has \"t\", \"t\"");
  CHECK(
    error_in("t,b\n1,2\n3\n")
    == "FILE:3: \"3\" has 1 fields; the header has 2");
  CHECK(
    error_in("t\n1\n\n2,\n")
    == "FILE:4: \"2,\" has 2 fields; the header has 1");
  for (auto bad : {"noon", "1s", " 1", "nan", "inf", "1e999", "-"})
    CHECK(
      error_in("t\n0\n" + std::string{bad} + "\n")
      == "FILE:3: \"" + std::string{bad}
        + "\" is not a time: a finite number of seconds");
  CHECK(
    error_in("t,b\n1,\n,2\n")
    == "FILE:3: \"\" is not a time: a finite number of seconds");
  CHECK(
    error_in("t\r\n1\r\n2\r\n1.5\r\n")
    == "FILE:4: \"1.5\" is before the time above it; times must ascend");
}

TEST_CASE("E1 example host: a trace needs two different times") {
  auto message = [](int line, int rows) {
    return "FILE:" + std::to_string(line) + ": the file ends with "
      + std::to_string(rows) + " rows; at least two different times are needed";
  };
  CHECK(error_in("t\n") == message(2, 0));
  CHECK(error_in("t\n4\n") == message(3, 1));
  CHECK(error_in("t\n4\n4\n4\n") == message(5, 3));
}
