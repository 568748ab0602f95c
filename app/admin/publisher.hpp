#pragma once

#include "app/admin/event_feed.hpp"
#include "app/admin/target_control.hpp"

#include <boost/json/value.hpp>

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace tuner {

/// Publishes facts as the page takes them: `point`, `history` and `status`.
/// Thread-safe.
class publisher final : public fact_listener {
public:
  explicit publisher(std::shared_ptr<event_feed> to) : to_(std::move(to)) {}

  void seen(const std::string& target, const observation& x) override;
  void happened(const history_event& x) override;

  /// Publishes the status of `target` if its state, its reason or its trial is
  /// another than at the last call.
  void look_at(target_control& target);

  /// @returns whether someone listens.
  bool heard() const { return to_->streams() > 0; }

private:
  std::shared_ptr<event_feed> to_;
  std::mutex mutex_;
  std::map<std::string, boost::json::value> last_; ///< By target.
};

/// Has a publisher look at targets each second, as long as someone listens.
class status_watch {
public:
  status_watch(std::shared_ptr<publisher> by, target_list targets);
  ~status_watch();

  status_watch(const status_watch&) = delete;
  status_watch& operator=(const status_watch&) = delete;

private:
  void run();

  std::shared_ptr<publisher> by_;
  target_list targets_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;
};

} // namespace tuner
