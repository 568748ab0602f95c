#include "bench/commands.hpp"
#include "bench/soak.hpp"

#include <cstdio>

namespace tuner {

void bench_soak(const soak_options& options) {
  std::printf("hours   heap KiB   of journal  KiB/target  actors  descriptors  "
              "changes\n");
  soak(options, [&](const soak_row& x) {
    std::printf(
      "%5.2f %10.0f %12.0f %11.1f %7llu %12llu %8llu\n", x.hours, x.heap_kib,
      x.journal_kib, x.heap_kib / options.targets,
      static_cast<unsigned long long>(x.actors),
      static_cast<unsigned long long>(x.descriptors),
      static_cast<unsigned long long>(x.changes));
    std::fflush(stdout);
  });
}

} // namespace tuner
