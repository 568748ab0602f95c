#pragma once

#include <chrono>

namespace tuner {

/// For how long a client may dawdle.
struct client_patience {
  std::chrono::seconds head{3};    ///< Until its request's head is there.
  std::chrono::seconds body{5};    ///< And then its body.
  std::chrono::seconds answer{20}; ///< Until it has taken the answer.
  std::chrono::seconds leave{1};   ///< Until it hangs up then.
  std::chrono::seconds events{2};  ///< While it takes no event.
};

} // namespace tuner
