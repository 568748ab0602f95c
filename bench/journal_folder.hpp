#pragma once

#include <filesystem>
#include <string>

#include <unistd.h>

namespace tuner {

/// A folder for a journal, gone afterwards.
class journal_folder {
public:
  journal_folder()
    : path_(
      std::filesystem::temp_directory_path()
      / ("auto_tuner_bench_" + std::to_string(getpid()))) {
    std::filesystem::create_directories(path_);
  }
  ~journal_folder() { std::filesystem::remove_all(path_); }

  journal_folder(const journal_folder&) = delete;
  journal_folder& operator=(const journal_folder&) = delete;

  std::string file() const { return (path_ / "journal.db").string(); }

private:
  std::filesystem::path path_;
};

} // namespace tuner
