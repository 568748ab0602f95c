#include "app/foreign/exec.hpp"
#include "app/foreign/file.hpp"
#include "app/foreign/mariadb_reading.hpp"
#include "app/foreign/plain_number.hpp"
#include "tests/integration/foreign_servers.hpp"

#include <sys/stat.h>
#include <sys/wait.h>

using namespace tuner;
using namespace tuner::test;

namespace {

std::string text_of(const std::string& path) {
  std::ifstream file{path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

foreign_effector_config program(std::vector<std::string> read) {
  foreign_effector_config x;
  x.kind = "exec";
  x.timeout_seconds = 120;
  x.exec.read = std::move(read);
  return x;
}

std::string problem_of(const foreign_effector_config& x) {
  return thrown_by([&] { exec_port(x).get(); });
}

} // namespace

TEST_CASE("E3 numbers are written whole where they are, without an exponent") {
  CHECK(plain_number(64.0 * (1 << 20)) == "67108864");
  CHECK(plain_number(1e15) == "1000000000000000");
  CHECK(plain_number(1.1 * 1000) == "1100");
  CHECK(plain_number(0.00001) == "0.00001");
  CHECK(plain_number(-0.0) == "0");
  CHECK(whole_number(2.5) == "3");
  CHECK(number_in(" 12.5\n") == 12.5);
  for (const char* x : {"", "1 2", "12k", "nan", "inf", "0x10"})
    CHECK_THROWS_AS(number_in(x), std::runtime_error);
}

TEST_CASE("E3 a program sets and reads a knob, with no shell between") {
  scratch_folder folder;
  auto x = program({"cat", folder / "value"});
  x.scale = 1000;
  x.exec.write = {
    "cp", "/dev/null", folder / "value; touch {value} $(touch {value})"};
  auto port = exec_port(x);
  port.set(5);
  CHECK(std::filesystem::exists(folder / "value; touch 5000 $(touch 5000)"));
  folder.write("value", "7000\n");
  CHECK(port.get() == 7);
}

TEST_CASE("E3 a program that does wrong is told of") {
  CHECK(contains(
    problem_of(program({"sh", "-c", "echo no such knob; echo b; exit 3"})),
    "program sh ended with 3, saying \"no such knob\""));
  CHECK(
    contains(problem_of(program({"/no/such/program"})), "give its full path"));
  CHECK(contains(
    problem_of(program({"echo", "twelve"})), "it printed no number, but"));
  CHECK(contains(problem_of(program({"sh", "-c", "kill -9 $$"})), "signal 9"));
  CHECK(contains(problem_of(program({"yes"})), "more than 64 KB"));
  CHECK(contains(problem_of(program({"cat"})), "it printed no number")); // EOF.
  CHECK(!contains(problem_of(program({"false", secret})), secret));
}

TEST_CASE("E3 a program that hangs is killed at the limit with all it "
          "started") {
  scratch_folder folder;
  auto x = program(
    {"sh", "-c", "sleep 1000 & echo $! > " + folder / "pid" + "; wait"});
  std::string pid;
  // On a busy machine it may not have come that far by then.
  for (x.timeout_seconds = 0.5; pid.empty(); x.timeout_seconds *= 2) {
    REQUIRE(x.timeout_seconds < 100);
    auto limit = std::to_string(static_cast<int>(x.timeout_seconds * 1000));
    if (x.timeout_seconds >= 10)
      limit.resize(limit.size() - 3); // Told in seconds.
    CAPTURE(limit);
    CHECK(contains(problem_of(x), "took longer than " + limit));
    pid = text_of(folder / "pid");
  }
  pid.pop_back();
  // Gone, or ended and not waited for yet; a moment after the signal.
  CHECK(comes_true([&] {
    auto state = run_shell("ps -o stat= -p " + pid).output;
    return state.empty() || state.front() == 'Z';
  }));
}

TEST_CASE("E3 a program that leaves another one behind has ended") {
  scratch_folder folder;
  auto x = program(
    {"sh", "-c", "sleep 1000 & echo $! > " + folder / "pid" + "; echo 4"});
  CHECK(exec_port(x).get() == 4);
  auto pid = std::stoi(text_of(folder / "pid"));
  CHECK(::kill(pid, SIGKILL) == 0); // It was left alone.
}

TEST_CASE("E3 a file is replaced at once, keeps its mode, and its process is "
          "told") {
  scratch_folder folder;
  foreign_effector_config x;
  x.kind = "file";
  x.file.path = folder / "link";
  x.file.pid_file = folder / "pid";
  x.file.signal = "USR1";
  folder.write("value", "3\n", 0640);
  std::filesystem::create_symlink(folder / "value", folder / "link");
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  process told{
    {"/bin/sh", "-c",
     "trap 'echo told; exit' USR1; echo ready; "
     "while :; do read x < "
       + folder / "pipe" + "; done"}};
  REQUIRE(!told.wait_for_line("ready").empty());
  folder.write("pid", std::to_string(told.pid()) + "\n");
  auto port = file_port(x);
  port.set(12);
  CHECK(port.get() == 12);
  CHECK(text_of(folder / "value") == "12\n");
  CHECK(std::filesystem::is_symlink(folder / "link"));
  struct stat about {};
  REQUIRE(::stat((folder / "value").c_str(), &about) == 0);
  CHECK((about.st_mode & 07777) == 0640);
  CHECK(!told.wait_for_line("told").empty());
  auto files =
    std::distance(std::filesystem::directory_iterator{folder / ""}, {});
  CHECK(files == 4); // And no temporary one.
}

TEST_CASE("E3 what is wrong with a file or its process is told") {
  scratch_folder folder;
  foreign_effector_config x;
  x.kind = "file";
  x.file.path = folder / "value";
  auto port = file_port(x);
  CHECK(contains(thrown_by([&] { port.get(); }), "make it, with the value"));
  CHECK(contains(thrown_by([&] { port.set(1); }), "make it, with the value"));
  folder.write("value", "many");
  CHECK(contains(thrown_by([&] { port.get(); }), "holds no number"));

  x.file.signal = "HUP";
  x.file.pid_file = folder / "pid";
  auto telling = file_port(x);
  for (const char* pid : {"1", "0", "-1", "2.5", "1e12"}) {
    folder.write("pid", pid);
    CHECK(
      contains(thrown_by([&] { telling.set(1); }), "is no process to tell"));
  }
  x.file.path = "/proc/version"; // Nobody may write into that folder.
  CHECK(contains(thrown_by([&] { file_port(x).set(1); }), "can't be replaced"));
}

TEST_CASE("E3 MariaDB's uptime tells whether it was started anew") {
  auto at = [](double uptime, double now, double on_its_way = 0) {
    return mariadb_reading{
      {{"Uptime", uptime}},
      0,
      from_seconds(now),
      from_seconds(now + on_its_way)};
  };
  CHECK_FALSE(started_anew(at(100, 0), at(101, 1)));
  CHECK_FALSE(started_anew(at(100, 0), at(101, 2.9)));
  CHECK(started_anew(at(2, 0), at(1, 0.9)));
  CHECK(started_anew(at(100, 0), at(3, 5)));
  CHECK(started_anew(at(1, 0), at(5, 20))); // Up for longer, yet another run.
  CHECK_FALSE(started_anew(at(100, 0), at(101, 1, 9))); // A busy one.
  CHECK_FALSE(started_anew(at(109, 0, 9), at(110, 10)));
}
