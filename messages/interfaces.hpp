#pragma once

#include "messages/error.hpp"
#include "messages/facts.hpp"
#include "messages/membership.hpp"
#include "messages/records.hpp"
#include "messages/sample.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/replies_to.hpp>
#include <caf/type_id.hpp>
#include <caf/typed_actor.hpp>

namespace tuner {

// What actors run by. Sent within a process only; `actors/` and `app/` have
// them.
struct monitor_params;
struct analyzer_params;
struct applier_params;
struct watchdog_params;
struct pipeline_settings;

} // namespace tuner

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tuner::monitor_params)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tuner::analyzer_params)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tuner::applier_params)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tuner::watchdog_params)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tuner::pipeline_settings)

CAF_BEGIN_TYPE_ID_BLOCK(tuner, caf::first_custom_type_id)

CAF_ADD_TYPE_ID(tuner, (tuner::analysis))
CAF_ADD_TYPE_ID(tuner, (tuner::change))
CAF_ADD_TYPE_ID(tuner, (tuner::history_event))
CAF_ADD_TYPE_ID(tuner, (tuner::lease))
CAF_ADD_TYPE_ID(tuner, (tuner::observation))
CAF_ADD_TYPE_ID(tuner, (tuner::proposal))
CAF_ADD_TYPE_ID(tuner, (tuner::sample))
CAF_ADD_TYPE_ID(tuner, (tuner::settings))
CAF_ADD_TYPE_ID(tuner, (tuner::tuning_status))
CAF_ADD_TYPE_ID(tuner, (tuner::verdict))
CAF_ADD_TYPE_ID(tuner, (tuner::history_query))
CAF_ADD_TYPE_ID(tuner, (tuner::memo))
CAF_ADD_TYPE_ID(tuner, (tuner::operation))
CAF_ADD_TYPE_ID(tuner, (tuner::series_query))
CAF_ADD_TYPE_ID(tuner, (tuner::settlement))
CAF_ADD_TYPE_ID(tuner, (std::vector<tuner::change>))
CAF_ADD_TYPE_ID(tuner, (std::vector<tuner::history_event>))
CAF_ADD_TYPE_ID(tuner, (std::vector<tuner::observation>))
CAF_ADD_TYPE_ID(tuner, (std::vector<tuner::operation>))
CAF_ADD_TYPE_ID(tuner, (tuner::member_report))
CAF_ADD_TYPE_ID(tuner, (tuner::peer_comparison))

CAF_ADD_ATOM(tuner, tuner, adopt_atom, "adopt")
CAF_ADD_ATOM(tuner, tuner, analyze_atom, "analyze")
CAF_ADD_ATOM(tuner, tuner, apply_atom, "apply")
CAF_ADD_ATOM(tuner, tuner, blame_atom, "blame")
CAF_ADD_ATOM(tuner, tuner, check_atom, "check")
CAF_ADD_ATOM(tuner, tuner, confirm_atom, "confirm")
CAF_ADD_ATOM(tuner, tuner, degraded_atom, "degraded")
CAF_ADD_ATOM(tuner, tuner, enroll_atom, "enroll")
CAF_ADD_ATOM(tuner, tuner, expire_atom, "expire")
CAF_ADD_ATOM(tuner, tuner, figures_atom, "figures")
CAF_ADD_ATOM(tuner, tuner, follow_atom, "follow")
CAF_ADD_ATOM(tuner, tuner, history_atom, "history")
CAF_ADD_ATOM(tuner, tuner, join_atom, "join")
CAF_ADD_ATOM(tuner, tuner, known_atom, "known")
CAF_ADD_ATOM(tuner, tuner, lost_atom, "lost")
CAF_ADD_ATOM(tuner, tuner, moved_atom, "moved")
CAF_ADD_ATOM(tuner, tuner, park_atom, "park")
CAF_ADD_ATOM(tuner, tuner, pause_atom, "pause")
CAF_ADD_ATOM(tuner, tuner, read_atom, "read")
CAF_ADD_ATOM(tuner, tuner, report_atom, "report")
CAF_ADD_ATOM(tuner, tuner, restart_atom, "restart")
CAF_ADD_ATOM(tuner, tuner, restore_atom, "restore")
CAF_ADD_ATOM(tuner, tuner, resume_atom, "resume")
CAF_ADD_ATOM(tuner, tuner, rollback_atom, "rollback")
CAF_ADD_ATOM(tuner, tuner, retry_atom, "retry")
CAF_ADD_ATOM(tuner, tuner, set_atom, "set")
CAF_ADD_ATOM(tuner, tuner, stop_atom, "stop")
CAF_ADD_ATOM(tuner, tuner, status_atom, "status")
CAF_ADD_ATOM(tuner, tuner, sample_atom, "sample")
CAF_ADD_ATOM(tuner, tuner, tidy_atom, "tidy")
CAF_ADD_ATOM(tuner, tuner, undo_atom, "undo")
CAF_ADD_ATOM(tuner, tuner, unpark_atom, "unpark")
CAF_ADD_ATOM(tuner, tuner, vitals_atom, "vitals")
CAF_ADD_ATOM(tuner, tuner, waiting_atom, "waiting")
CAF_ADD_ATOM(tuner, tuner, window_atom, "window")
CAF_ADD_ATOM(tuner, tuner, write_atom, "write")

CAF_END_TYPE_ID_BLOCK(tuner)

namespace tuner {

/// The TARGET port: one serving host, its figures and its knobs. A write is
/// provisional: the target goes back to its last confirmed settings when told
/// to, or by itself when the lease runs out (B7): when no sample was taken for
/// a while, as then the tuner is dead or cut off, or when the trial takes too
/// long.
using target_actor = caf::typed_actor<
  // Returns what happened since the last such request.
  caf::replies_to<sample_atom>::with<sample>,
  // Returns the settings in effect.
  caf::replies_to<read_atom>::with<settings>,
  // Writes the knobs named, provisionally; returns what was in effect before
  // and what is now.
  caf::replies_to<write_atom, settings, lease>::with<settings, settings>,
  // Makes the settings in effect the confirmed ones; returns them.
  caf::replies_to<confirm_atom>::with<settings>,
  // Goes back to the confirmed settings; returns what is then in effect.
  caf::replies_to<restore_atom>::with<settings>,
  // To itself: read the figures that take too long to read in a sample.
  caf::reacts_to<figures_atom>,
  // To itself: the lease of a write, by its number, ran out.
  caf::reacts_to<expire_atom, uint64_t>>;

/// A TARGET in another process: the same, and who stands for it there.
using remote_target_actor = target_actor::extend<
  // From now on it is reached by this target actor; the one before is void.
  caf::reacts_to<caf::strong_actor_ptr>,
  // It can't be reached any more.
  caf::reacts_to<lost_atom>>;

/// The REGISTRAR actor interface, which a node publishes. It must stay as it is
/// for ever: agents of other versions are told by it that they are.
using registrar_actor = caf::typed_actor<
  // An agent that speaks this version of the protocol wants its target tuned:
  // an `enrolment` as JSON, and its target actor. Returns what the node is.
  caf::replies_to<enroll_atom, uint32_t, std::string, caf::strong_actor_ptr>::
    with<std::string>>;

/// The NODE actor interface: its registrar, and its face for operators.
using node_actor = registrar_actor::extend<
  // Stops all pipelines; returns how many.
  caf::replies_to<stop_atom>::with<uint64_t>>;

/// The AGENT actor interface.
using agent_actor = caf::typed_actor<
  // Returns whether it has a node, or why not.
  caf::replies_to<status_atom>::with<tuning_status>,
  // To itself: dial the node.
  caf::reacts_to<retry_atom>>;

/// The JOURNAL actor interface: what must survive the end of the process. As
/// long as it can't record, it says so, and what it is told waits.
using journal_actor = caf::typed_actor<
  // Replies with the settings confirmed, when all is recorded.
  caf::replies_to<settlement>::with<settings>,
  // A sample was taken.
  caf::reacts_to<sample>,
  // Something was learned; someone used a command.
  caf::reacts_to<memo>, caf::reacts_to<operation>,
  // Return what is recorded, oldest first.
  caf::replies_to<history_query>::with<std::vector<history_event>>,
  caf::replies_to<series_query>::with<std::vector<observation>>,
  // Returns whether it works: `enabled` or `degraded`, and why.
  caf::replies_to<status_atom>::with<tuning_status>,
  // Records what it was told so far, and ends; returns the last status.
  caf::replies_to<stop_atom>::with<tuning_status>,
  // To itself: clear up; try again.
  caf::reacts_to<tidy_atom>, caf::reacts_to<retry_atom>,
  // Returns how many messages wait for it.
  caf::replies_to<waiting_atom>::with<uint64_t>>;

/// The MONITOR actor interface: turns samples into observations.
using monitor_actor = caf::typed_actor<
  // To itself: take a sample.
  caf::reacts_to<sample_atom>,
  // Returns what happened in the window that ends now.
  caf::replies_to<window_atom>::with<observation>,
  // Returns how many messages wait for it.
  caf::replies_to<waiting_atom>::with<uint64_t>,
  // Runs by these from now on.
  caf::reacts_to<monitor_params>>;

/// The METRICS actor interface: shows every fact.
using metrics_actor = caf::typed_actor<
  // A window closed.
  caf::reacts_to<observation>,
  // Someone thought about it.
  caf::reacts_to<analysis>,
  // A change took effect: an initial value, a tuning or a rollback.
  caf::reacts_to<change>,
  // A trial ended.
  caf::reacts_to<verdict>,
  // Returns how many messages wait for it.
  caf::replies_to<waiting_atom>::with<uint64_t>>;

/// The ANALYZER actor interface: turns observations into proposals.
using analyzer_actor = caf::typed_actor<
  // A sample was taken: learn from it, and act if that can't wait.
  caf::reacts_to<sample>,
  // A window closed: decide, and start a trial if there is something to gain.
  caf::reacts_to<observation>,
  // Returns what it would do about an observation, and does nothing.
  caf::replies_to<analyze_atom, observation>::with<analysis>,
  // To itself: note what was learned.
  caf::reacts_to<tidy_atom>,
  // Starts no more trials, or does again.
  caf::reacts_to<pause_atom>, caf::reacts_to<resume_atom>,
  // An operator set these knobs: they stand down until resumed.
  caf::reacts_to<change>,
  // Whether the journal works: without it there is only advice.
  caf::reacts_to<tuning_status>,
  // Returns what it does.
  caf::replies_to<status_atom>::with<tuning_status>,
  // As a member of a group: follows another for this reason, and tries nothing
  // by itself; leads where there is none.
  caf::reacts_to<follow_atom, std::string>,
  // Tries what its group wants, or refuses; replies when the trial ends.
  caf::replies_to<adopt_atom, proposal>::with<verdict>,
  // This did harm to another member: not tried here either.
  caf::reacts_to<blame_atom, proposal>,
  // Returns what the policy knows under this name, or nothing.
  caf::replies_to<known_atom, std::string>::with<std::string>,
  // Returns what it does, to its group.
  caf::replies_to<report_atom>::with<member_report>,
  // Returns how many messages wait for it.
  caf::replies_to<waiting_atom>::with<uint64_t>,
  // Decides by these from now on, with what it has learned.
  caf::reacts_to<analyzer_params>>;

/// The WATCHDOG actor interface: judges changes.
using watchdog_actor = caf::typed_actor<
  // A sample was taken.
  caf::reacts_to<sample>,
  // Judges a change; replies when its trial ends, or when a switchback needs
  // the old settings back (`doubted`) or the new ones again (`retried`).
  caf::replies_to<change>::with<verdict>,
  // These are in force: go on with the trial. Replies as before.
  caf::replies_to<moved_atom, change_id>::with<verdict>,
  // Judges the last change by what happened so far; `open` on thin evidence
  // or without a change.
  caf::replies_to<degraded_atom>::with<verdict>,
  // How the change on trial compares with hosts that did not change.
  caf::reacts_to<peer_comparison>,
  // To itself: the scheduled check of this change.
  caf::reacts_to<check_atom, change_id>,
  // Returns how many messages wait for it.
  caf::replies_to<waiting_atom>::with<uint64_t>,
  // Judges by these from the next trial on.
  caf::reacts_to<watchdog_params>>;

/// The APPLIER actor interface: the only writer of the target.
using applier_actor = caf::typed_actor<
  // Tries a proposal; replies when its trial ends.
  caf::replies_to<proposal>::with<verdict>,
  // Tries a proposal; replies when the change took effect.
  caf::replies_to<apply_atom, proposal>::with<change>,
  // Undoes the last changes, newest first; returns the rollbacks.
  caf::replies_to<rollback_atom, uint32_t>::with<std::vector<change>>,
  // Undoes this kept change, for this reason, if none came after it; returns
  // the rollback.
  caf::replies_to<undo_atom, change_id, std::string>::with<std::vector<change>>,
  // Sets knobs for an operator, for good; returns what changed.
  caf::replies_to<set_atom, settings>::with<change>,
  // Whether the journal works: without it nothing is tried.
  caf::reacts_to<tuning_status>,
  // Someone else changed the target: records it.
  caf::reacts_to<change>,
  // Returns the last changes, oldest first.
  caf::replies_to<history_atom>::with<std::vector<history_event>>,
  // Returns the settings in effect.
  caf::replies_to<read_atom>::with<settings>,
  // Returns how many messages wait for it.
  caf::replies_to<waiting_atom>::with<uint64_t>,
  // Runs by these from the next trial on.
  caf::reacts_to<applier_params>>;

/// The PIPELINE actor interface: one target's tuner as a whole. Commands are
/// passed on to the actor that carries them out.
using pipeline_actor = caf::typed_actor<
  // Returns what the tuner does; so do pause and resume, afterwards.
  caf::replies_to<status_atom>::with<tuning_status>,
  caf::replies_to<pause_atom>::with<tuning_status>,
  caf::replies_to<resume_atom>::with<tuning_status>,
  // Returns what it would do about the window that ends now.
  caf::replies_to<analyze_atom>::with<analysis>,
  // As the watchdog and the applier have it.
  caf::replies_to<apply_atom, proposal>::with<change>,
  caf::replies_to<degraded_atom>::with<verdict>,
  caf::replies_to<rollback_atom, uint32_t>::with<std::vector<change>>,
  caf::replies_to<set_atom, settings>::with<change>,
  caf::replies_to<history_atom>::with<std::vector<history_event>>,
  caf::replies_to<read_atom>::with<settings>,
  // As the journal has it.
  caf::replies_to<history_query>::with<std::vector<history_event>>,
  caf::replies_to<series_query>::with<std::vector<observation>>,
  // Someone used a command: records it.
  caf::reacts_to<operation>,
  // Whether the journal works.
  caf::reacts_to<tuning_status>,
  // Has its actors run by these from now on; returns what the tuner does.
  caf::replies_to<pipeline_settings>::with<tuning_status>,
  // The target can't be reached, for this reason: waits until it is back.
  caf::reacts_to<park_atom, std::string>,
  // The target is back; true: as another process, with its initial values.
  caf::reacts_to<unpark_atom, bool>,
  // As the analyzer, the applier and the watchdog have it.
  caf::reacts_to<follow_atom, std::string>,
  caf::replies_to<adopt_atom, proposal>::with<verdict>,
  caf::reacts_to<blame_atom, proposal>,
  caf::replies_to<undo_atom, change_id, std::string>::with<std::vector<change>>,
  caf::replies_to<known_atom, std::string>::with<std::string>,
  caf::replies_to<report_atom>::with<member_report>,
  caf::reacts_to<peer_comparison>,
  // Puts the last kept settings back and stops for good; returns them.
  caf::replies_to<stop_atom>::with<settings>,
  // To itself: start the actors again.
  caf::reacts_to<restart_atom>,
  // To itself: show how the actors are.
  caf::reacts_to<vitals_atom>>;

/// The FLEET actor interface: what the members of one group share.
using fleet_actor = caf::typed_actor<
  // This target is a member from now on, tuned by this pipeline, until the
  // pipeline ends.
  caf::reacts_to<join_atom, std::string, pipeline_actor>,
  // What a member did in the last second or so; what changed there.
  caf::reacts_to<std::string, observation>, caf::reacts_to<history_event>,
  // To itself: look at all of them; ask how they are; compare the hardware.
  caf::reacts_to<check_atom>, caf::reacts_to<status_atom>,
  caf::reacts_to<known_atom>>;

} // namespace tuner
