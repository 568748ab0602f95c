#pragma once

#include "app/admin/admin_server.hpp"
#include "app/admin/publisher.hpp"
#include "app/commands/reloader.hpp"

#include <memory>
#include <string>

namespace tuner {

/// What a service shows of its targets, and by what operators control them: the
/// log, the metrics, and the HTTP port with the page and the control API.
class public_face {
public:
  /// Logs at once; serves when opened.
  explicit public_face(const config& c);

  /// Serves what there is of these targets, whose config came from `file`.
  /// @throws std::runtime_error if the port can't be had: why.
  void open(const std::string& file, const config& c, target_list targets);

  /// Ends serving, before the targets end.
  void close();

  const std::shared_ptr<log_hub>& logs() const { return logs_; }
  const std::shared_ptr<prometheus::Registry>& registry() const {
    return registry_;
  }
  std::shared_ptr<fact_listener> listener() const { return news_; }

  /// @returns where it serves, once it is open: `http://127.0.0.1:9464`.
  const std::string& url() const { return admin_->url(); }

  /// @returns what reads the config again, once it is open.
  reloader& again() { return *again_; }

private:
  admin_content content(target_list targets);

  std::shared_ptr<log_hub> logs_;
  std::shared_ptr<prometheus::Registry> registry_;
  std::shared_ptr<event_feed> feed_ = std::make_shared<event_feed>();
  std::shared_ptr<publisher> news_ = std::make_shared<publisher>(feed_);
  std::unique_ptr<reloader> again_;
  std::unique_ptr<admin_server> admin_;
  std::unique_ptr<status_watch> watch_;
};

} // namespace tuner
