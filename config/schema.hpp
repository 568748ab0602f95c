#pragma once

#include "config/allowed.hpp"
#include "config/config.hpp"

#include <concepts>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tuner {

/// Goes through a config key by key: to read it, to write it, to document it.
/// `what` says in one line what a key is for.
class schema_visitor {
public:
  virtual ~schema_visitor() = default;

  virtual void flag(const char* key, bool& x, const char* what) = 0;

  virtual void number(
    const char* key, double& x, const range& allowed, const char* what) = 0;

  /// A number or `null`, which means unknown.
  virtual void number(
    const char* key, reading& x, const range& allowed, const char* what) = 0;

  /// A whole number; `allowed` must say so.
  virtual void number(
    const char* key, uint64_t& x, const range& allowed, const char* what) = 0;

  template <std::unsigned_integral T>
  void number(const char* key, T& x, const range& allowed, const char* what) {
    uint64_t wide = x;
    number(key, wide, allowed, what);
    x = static_cast<T>(wide);
  }

  virtual void word(
    const char* key, std::string& x, const words& allowed,
    const char* what) = 0;

  virtual void text(
    const char* key, std::string& x, const text_rule& allowed,
    const char* what) = 0;

  /// An array of texts.
  virtual void texts(
    const char* key, std::vector<std::string>& x, const text_rule& allowed,
    const char* what) = 0;

  /// An object with any keys and numbers as values.
  virtual void numbers(
    const char* key, std::map<std::string, double>& x, const range& allowed,
    const char* what) = 0;

  /// An object with keys out of `keys` and words out of `allowed` as values.
  virtual void choices(
    const char* key, std::map<std::string, std::string>& x, const words& keys,
    const words& allowed, const char* what) = 0;

  /// An array of rows of `columns` numbers each, as in `[[0, 300], [600, 8]]`.
  virtual void rows(
    const char* key, std::vector<std::vector<double>>& x, std::size_t columns,
    const range& allowed, const char* what) = 0;

  /// An array of moments in seconds with the settings that begin at each, as
  /// in `[[900, {"batch_size": 64}]]`.
  virtual void timed(
    const char* key, std::vector<std::pair<double, settings>>& x,
    const char* what) = 0;

  /// An array of objects with the keys of `T`.
  template <class T>
  void list(const char* key, std::vector<T>& x, const char* what) {
    items(
      key,
      {x.size(), [&x](std::size_t n) { x.assign(n, {}); },
       [&x](schema_visitor& inside, std::size_t i) { describe(inside, x[i]); }},
      what);
  }

  /// An object with the names of the knobs as keys.
  virtual void
  table(const char* key, std::vector<knob_spec>& x, const char* what) = 0;

  /// An object with the keys of `x`.
  template <class T>
  void section(const char* key, T& x) {
    enter(key, [&x](schema_visitor& inside) { describe(inside, x); });
  }

  /// Like `section`; `x` stays empty where the key is left out.
  template <class T>
  void optional_section(const char* key, std::optional<T>& x) {
    enter(key, [&x](schema_visitor& inside) {
      describe(inside, x ? *x : x.emplace());
    });
  }

protected:
  /// An array, whatever its items are.
  struct array {
    std::size_t size;
    std::function<void(std::size_t)> renew; ///< So many, at their defaults.
    std::function<void(schema_visitor&, std::size_t)> describe;
  };

  virtual void items(const char* key, const array& x, const char* what) = 0;

  virtual void
  enter(const char* key, const std::function<void(schema_visitor&)>& body) = 0;
};

/// Every key, once: its place, its meaning, what it may be and the member that
/// holds it. A new key is one more line here.
void describe(schema_visitor& v, config& x);
void describe(schema_visitor& v, tuner_config& x);
void describe(schema_visitor& v, slo_config& x);
void describe(schema_visitor& v, threshold_params& x);
void describe(schema_visitor& v, watchdog_config& x);
void describe(schema_visitor& v, rollback_config& x);
void describe(schema_visitor& v, back_off_config& x);
void describe(schema_visitor& v, freeze_config& x);
void describe(schema_visitor& v, batcher_config& x);
void describe(schema_visitor& v, cache_config& x);
void describe(schema_visitor& v, target_config& x);
void describe(schema_visitor& v, knob_spec& x);
void describe(schema_visitor& v, foreign_effector_config& x);
void describe(schema_visitor& v, http_effector_config& x);
void describe(schema_visitor& v, redis_effector_config& x);
void describe(schema_visitor& v, mariadb_effector_config& x);
void describe(schema_visitor& v, exec_effector_config& x);
void describe(schema_visitor& v, file_effector_config& x);
void describe(schema_visitor& v, example_host_config& x);
void describe(schema_visitor& v, load_config& x);
void describe(schema_visitor& v, foreign_sensor_config& x);
void describe(schema_visitor& v, foreign_signals& x);
void describe(schema_visitor& v, latency_signals& x);
void describe(schema_visitor& v, memory_signals& x);
void describe(schema_visitor& v, admin_config& x);
void describe(schema_visitor& v, link_config& x);
void describe(schema_visitor& v, node_config& x);
void describe(schema_visitor& v, agent_config& x);
void describe(schema_visitor& v, log_params& x);
void describe(schema_visitor& v, journal_config& x);

} // namespace tuner
