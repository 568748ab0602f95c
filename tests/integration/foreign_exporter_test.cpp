#include "app/foreign/mariadb_sensor.hpp"
#include "app/foreign/redis_sensor.hpp"
#include "tests/integration/real_mariadb.hpp"
#include "tests/integration/real_prometheus.hpp"
#include "tests/integration/real_redis.hpp"

using namespace tuner;
using namespace tuner::test;

namespace {

/// An exporter that tells of a server, and answers.
class exporter {
public:
  /// @param arguments besides the address that it listens at.
  exporter(std::vector<std::string> arguments, const std::string& option) {
    arguments.insert(arguments.begin(), "/usr/bin/env");
    arguments.push_back(option + address());
    process_ = std::make_unique<process>(arguments);
    REQUIRE(comes_true([&] { return answers(metrics()); }));
  }

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  std::string metrics() const { return "http://" + address() + "/metrics"; }

private:
  int port_ = free_port();
  std::unique_ptr<process> process_;
};

foreign_sensor_config
scraping(const exporter& from, const foreign_signals& signals) {
  foreign_sensor_config x;
  x.kind = "prometheus_text";
  x.timeout_seconds = 60;
  x.url = from.metrics();
  x.signals = signals;
  return x;
}

/// @returns what asks a server for the same series.
foreign_sensor_config
querying(const prometheus_server& from, foreign_signals signals) {
  for (auto* counter :
       {&signals.completed, &signals.cache_hits, &signals.cache_misses})
    *counter = "sum(rate(" + *counter + "[5s]))";
  foreign_sensor_config x;
  x.kind = "promql";
  x.timeout_seconds = 60;
  x.url = from.url();
  x.signals = signals;
  return x;
}

/// What several samples tell together.
struct total {
  double completed = 0;
  double hits = 0;
  double misses = 0;
  reading memory_mib; ///< The last one.

  void add(const sample& x) {
    completed += static_cast<double>(x.completed);
    hits += static_cast<double>(x.cache_hits);
    misses += static_cast<double>(x.cache_misses);
    memory_mib = x.memory_mib;
  }
  double hit_ratio() const { return hits / (hits + misses); }
};

bool same(const total& x, const total& y) {
  return x.memory_mib && y.memory_mib && near(x.completed, y.completed, 0.2)
    && near(x.hit_ratio(), y.hit_ratio(), 0.05)
    && near(*x.memory_mib, *y.memory_mib, 0.1);
}

/// A host under steady load, seen by an exporter, by a Prometheus server that
/// scrapes it, and by itself.
struct seen_thrice {
  exporter& from;
  foreign_signals signals;
  polled_sensor own;
  prometheus_server server{"host", from.address()};
  watched scraped{scraping(from, signals)};
  watched queried{querying(server, signals)};

  /// @param unshown_mib of memory, which only the host itself tells of.
  void compare(const std::function<double()>& unshown_mib = [] { return 0; }) {
    REQUIRE(comes_true([&] { return queried.take().completed > 0; }));
    await(2000); // Rates of five seconds become what they will be.
    CHECK(agree_in_some_round([&] { return agree(unshown_mib); }));
    CHECK(scraped.log == "");
  }

  /// @returns whether all three tell the same of some time.
  bool agree(const std::function<double()>& unshown_mib) {
    scraped.take();
    queried.take();
    own.take();
    total a;
    total b;
    total c;
    for (int i = 0; i < 8; ++i) {
      c.add(await(250));
      a.add(scraped.take());
      b.add(queried.take());
    }
    if (!same(b, a))
      return false;
    a.memory_mib = *a.memory_mib + unshown_mib();
    return same(a, c);
  }

  void check_restart_is_noticed(const std::function<void()>& restart) {
    CHECK_FALSE(scraped.sensor.restarted());
    CHECK_FALSE(queried.sensor.restarted());
    restart();
    CHECK(comes_true([&] { return scraped.sensor.restarted(); }));
    CHECK(comes_true([&] { return queried.sensor.restarted(); }));
    scraped.take();
    queried.take();
    CHECK_FALSE(scraped.sensor.restarted());
    CHECK_FALSE(queried.sensor.restarted());
  }

  /// @returns what the host itself tells of so many requests.
  sample await(uint64_t requests) const {
    sample result;
    REQUIRE(comes_true([&] {
      auto x = own.take();
      result.completed += x.completed;
      result.cache_hits += x.cache_hits;
      result.cache_misses += x.cache_misses;
      result.memory_mib = x.memory_mib;
      return result.completed >= requests;
    }));
    return result;
  }
};

/// A client of Redis that asks for a key some hundred times a second.
std::unique_ptr<process>
reader_of(const real_redis& redis, const std::string& key, int pause_ms) {
  return std::make_unique<process>(std::vector<std::string>{
    "/usr/bin/env", "REDISCLI_AUTH=" + secret, "redis-cli", "-s",
    redis.socket(), "-r", "-1", "-i", "0.00" + std::to_string(pause_ms), "get",
    key});
}

} // namespace

TEST_CASE("E3 Redis by its exporter tells what it tells itself, scraped and by "
          "PromQL") {
  real_redis redis;
  redis.run("set there x");
  redis.folder().write(
    "passwords", "{\"redis://" + redis.tcp() + "\":\"" + secret + "\"}");
  exporter from{
    {"prometheus-redis-exporter", "-redis.addr=redis://" + redis.tcp(),
     "-redis.password-file=" + (redis.folder() / "passwords")},
    "-web.listen-address="};
  foreign_signals signals;
  signals.completed = R"(redis_commands_total{cmd="get"})";
  signals.cache_hits = "redis_keyspace_hits_total";
  signals.cache_misses = "redis_keyspace_misses_total";
  signals.memory.used = "redis_memory_used_bytes";
  signals.started = "redis_start_time_seconds";
  auto hits = reader_of(redis, "there", 2);
  auto misses = reader_of(redis, "nowhere", 6);
  seen_thrice host{
    from, signals, make_redis_sensor(redis.config().redis, 5, {})};
  host.compare();
  host.check_restart_is_noticed([&] {
    redis.stop();
    CHECK(comes_true([&] { return host.scraped.take().completed == 0; }));
    redis.start();
  });
}

TEST_CASE("E3 MariaDB by its exporter tells what it tells itself, scraped and "
          "by PromQL") {
  real_mariadb db;
  db.run("CREATE DATABASE here; CREATE TABLE here.numbers (x INT PRIMARY KEY) "
         "ENGINE=InnoDB; INSERT INTO here.numbers SELECT seq FROM "
         "here.seq_1_to_1000");
  exporter from{
    {"DATA_SOURCE_NAME=root@unix(" + db.socket() + ")/",
     "prometheus-mysqld-exporter"},
    "--web.listen-address="};
  foreign_signals signals;
  signals.completed =
    R"(mysql_global_status_commands_total{command=~"select|do"})";
  signals.cache_hits = "mysql_global_status_innodb_buffer_pool_read_requests";
  signals.cache_misses = "mysql_global_status_innodb_buffer_pool_reads";
  signals.memory.used = "mysql_global_status_innodb_buffer_pool_bytes_data";
  signals.uptime = "mysql_global_status_uptime";
  // Ends with the server.
  process load{
    {"/bin/sh", "-c",
     "yes 'SELECT SUM(x) FROM here.numbers; DO SLEEP(0.002);' | mariadb "
     "--no-defaults -N -u root -S "
       + db.socket() + " >/dev/null 2>&1"}};
  seen_thrice host{
    from, signals, make_mariadb_sensor(db.config().mariadb, 5, {})};
  host.compare([&] { // All that is free in so small a pool is kept free.
    auto pages = db.run("SELECT VARIABLE_VALUE FROM "
                        "information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME "
                        "= \"Innodb_buffer_pool_pages_free\"");
    return std::stod(pages) * 16 / 1024;
  });
  // Else a busy machine might show no uptime before it is longer than this.
  db.await_uptime(20);
  host.check_restart_is_noticed([&] {
    db.stop();
    CHECK(comes_true([&] { return host.scraped.take().completed == 0; }));
    db.start();
  });
}
