#include "actors/journal/intent_slot.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

using namespace tuner;
namespace fs = std::filesystem;

namespace {

struct slot_file {
  std::string path = (fs::temp_directory_path()
                      / ("auto_tuner_slot_" + std::to_string(getpid())))
                       .string();
  slot_file() { fs::remove(path); }
  ~slot_file() { fs::remove(path); }
};

} // namespace

TEST_CASE("E7 an intent is there after the process that left it was killed") {
  slot_file at;
  auto pid = fork();
  if (pid == 0) {
    intent_slot slot{at.path};
    slot.put("the first");
    slot.put("batch_size 32 -> 64");
    kill(getpid(), SIGKILL);
  }
  waitpid(pid, nullptr, 0);
  intent_slot slot{at.path};
  CHECK(slot.get() == "batch_size 32 -> 64");
  slot.clear();
  CHECK_FALSE(intent_slot{at.path}.get());
}

TEST_CASE("E7 an intent that was not put in whole was not put in") {
  slot_file at;
  {
    intent_slot slot{at.path};
    CHECK_FALSE(slot.get());
    slot.put("batch_size 32 -> 64");
  }
  {
    std::fstream file{at.path, std::ios::in | std::ios::out};
    file.seekp(12); // In the text.
    file << 'X';
  }
  CHECK_FALSE(intent_slot{at.path}.get());
  std::ofstream{at.path} << std::string(100, '\xff');
  CHECK_FALSE(intent_slot{at.path}.get());
}

TEST_CASE("E7 an intent that is too long leaves none") {
  slot_file at;
  intent_slot slot{at.path};
  slot.put("short");
  CHECK_FALSE(slot.put(std::string(intent_slot::size_max + 1, 'x')));
  CHECK_FALSE(slot.get());
  CHECK(slot.put(std::string(intent_slot::size_max, 'x')));
  CHECK(slot.get()->size() == intent_slot::size_max);
}

TEST_CASE("E7 fault: a folder without room for an intent is told") {
  CHECK_THROWS_WITH_AS(
    intent_slot{"/nowhere/at/all"},
    "journal.file: /nowhere/at/all: No such file or directory; make room on "
    "its disk, and its folder writable for this user",
    std::runtime_error);
}
