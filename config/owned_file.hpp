#pragma once

#include <unistd.h>

namespace tuner {

/// A file by its number, closed with the scope.
struct owned_file {
  explicit owned_file(int x = -1) : number(x) {}
  ~owned_file() { close(); }
  owned_file(const owned_file&) = delete;
  owned_file& operator=(const owned_file&) = delete;

  void close() {
    if (number >= 0)
      ::close(number);
    number = -1;
  }

  int number; ///< Less than 0: it could not be opened.
};

} // namespace tuner
