#include "actors/targets/process_stats.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <string>

namespace tuner {

namespace {

constexpr double bytes_per_mib = 1024.0 * 1024.0;

/// @returns the number in a file that holds nothing else; `max` is unknown.
reading number_in(const char* path) {
  std::ifstream in{path};
  double value = 0;
  return in >> value ? reading{value} : reading{};
}

reading resident_mib() {
  std::ifstream in{"/proc/self/statm"};
  double total = 0;
  double resident = 0;
  if (!(in >> total >> resident))
    return {};
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / bytes_per_mib;
}

reading machine_used_ratio() {
  std::ifstream in{"/proc/meminfo"};
  std::string key;
  std::string unit;
  double value = 0;
  double total = 0;
  while (in >> key >> value >> unit) {
    if (key == "MemTotal:")
      total = value;
    else if (key == "MemAvailable:" && total > 0)
      return 1 - value / total;
  }
  return {};
}

reading used_ratio() {
  auto limit = number_in("/sys/fs/cgroup/memory.max");
  auto used = number_in("/sys/fs/cgroup/memory.current");
  if (limit && used && *limit > 0)
    return *used / *limit;
  return machine_used_ratio();
}

reading cpu_seconds() {
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) != 0)
    return {};
  auto total = [](const timeval& x) {
    return static_cast<double>(x.tv_sec)
      + 1e-6 * static_cast<double>(x.tv_usec);
  };
  return total(usage.ru_utime) + total(usage.ru_stime);
}

} // namespace

process_figures this_process() {
  return {resident_mib, used_ratio, cpu_seconds};
}

} // namespace tuner
