// A C++ program without the tuner, to compare start-up times with.
#include <iostream>

int main() {
  std::cout << std::flush;
  return 0;
}
