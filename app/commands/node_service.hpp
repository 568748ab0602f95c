#pragma once

#include "app/commands/foreign_targets.hpp"
#include "messages/enrolment.hpp"

#include <map>

namespace tuner {

/// Has all threads share one heap that gives large blocks back at once: the
/// memory of hundreds of targets, allocated by whatever thread came by, would
/// have holes everywhere. Call it before the first thread starts.
void share_one_heap();

/// A node: awaits agents on its port, and tunes their targets, and the foreign
/// ones of its config.
class node_service {
public:
  /// @param file the config `c` was read from.
  /// @throws std::runtime_error if a port can't be had, or a token file can't
  ///   be used: why.
  node_service(const std::string& file, const config& c);

  /// Undoes what is unconfirmed, and ends.
  ~node_service();

  node_service(const node_service&) = delete;
  node_service& operator=(const node_service&) = delete;

  public_face& face() { return face_; }

  /// @returns where agents are awaited.
  uint16_t port() const { return port_; }

private:
  /// Called by the node's actor.
  pipeline_actor start(const enrolment& who, const target_actor& target);

  /// @returns the fleet of this group.
  fleet_actor fleet_for(const std::string& group, const config& c);

  std::function<bool(const std::string&)> token_check() const;
  void publish();

  config first_; ///< As at the start.
  public_face face_;
  runtime runtime_;
  std::unique_ptr<tuned_targets> targets_; ///< Gone before the actor system.
  std::unique_ptr<foreign_targets> foreign_;
  std::map<std::string, fleet_actor> fleets_; ///< By group.
  node_actor node_;
  uint16_t port_ = 0;
};

} // namespace tuner
