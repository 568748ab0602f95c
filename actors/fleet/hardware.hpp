#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace tuner {

/// What is known of the time that batches of one size take.
struct curve_point {
  double log_seconds = 0; ///< Without batches beside, and without what slows
                          ///< the host down for now.
  double error = 0;       ///< Standard one.
};

/// By batch size: what tells one kind of hardware from another. Load doesn't
/// show in it, as latency and throughput would.
using service_curve = std::map<std::size_t, curve_point>;

/// The name under which a policy knows its target's.
inline constexpr const char* service_curve_name = "service_curve";

/// @param text as a policy knows it (`actors/model/service_memory.hpp`).
/// @returns the sizes that were seen often enough to say; none where the text
/// can't be read.
service_curve curve_of(const std::string& text);

/// @returns whether two hosts surely have different hardware: the median of
/// |ln f(n) - ln g(n)| over the sizes that both know is more than 0.2, and more
/// than three times what noise could make of it. Not with fewer than three
/// sizes in common.
bool differ(const service_curve& f, const service_curve& g);

/// Sorts hosts by hardware, and leaves those where they are whose hardware is
/// not known to differ. Each class is known by the member that most others in
/// it are like.
/// @param classes by host: its present class, 0 or more.
/// @returns the new class of each host that changes it.
std::map<std::string, std::size_t> moves_between_classes(
  const std::map<std::string, service_curve>& curves,
  const std::map<std::string, std::size_t>& classes);

} // namespace tuner
