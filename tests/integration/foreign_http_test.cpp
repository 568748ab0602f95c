#include "app/foreign/http.hpp"
#include "app/foreign/sensor.hpp"
#include "tests/integration/processes.hpp"

#include <doctest/doctest.h>

#include <sys/resource.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

using namespace tuner;
using namespace std::chrono_literals;

namespace {

constexpr const char* secret = "a-token-that-nobody-should-ever-see";

/// A folder of this test's own, gone with it.
struct folder {
  folder() {
    std::string name =
      (std::filesystem::temp_directory_path() / "hostile_XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~folder() { std::filesystem::remove_all(path); }
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;

  std::filesystem::path path;
};

/// `hostile_server.py`, and calls to it.
class hostile_server {
public:
  hostile_server()
    : process_(
      {"/usr/bin/env", "python3", "-B",
       AUTO_TUNER_SOURCE_DIR "/tests/integration/hostile_server.py",
       folder_.path.string()}) {
    std::istringstream line{process_.wait_for_line("ready ")};
    std::string word;
    line >> word >> plain_ >> secure_;
    REQUIRE(line);
    std::ofstream{token_file()} << secret << '\n';
    ::chmod(token_file().c_str(), 0600);
  }

  std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(plain_) + '/' + path;
  }
  std::string secure_url(const std::string& host) const {
    return "https://" + host + ':' + std::to_string(secure_) + "/ok";
  }
  std::string token_file() const { return (folder_.path / "token").string(); }
  std::string ca_file() const { return (folder_.path / "cert.pem").string(); }

  http_request request(const std::string& path) const {
    http_request x;
    x.url = url(path);
    x.timeout = 120s;
    x.bytes_max = 1 << 20;
    return x;
  }

  http_answer get(const std::string& path) const {
    return curl_exchange()(request(path));
  }

  /// Ends it, and the connections to it.
  void stop() {
    process_.send(SIGKILL);
    process_.wait();
  }

private:
  folder folder_;
  test::process process_;
  int plain_ = 0;
  int secure_ = 0;
};

/// @returns the most memory that this process has had, in MiB.
long peak_mib() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  return used.ru_maxrss / 1024;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("E3 a call gets the answer, packed or not, over one connection") {
  hostile_server host;
  auto x = host.get("ok");
  CHECK(x.ok());
  CHECK(x.content_type == "text/plain");
  CHECK(has(x.body, "done 42\n"));
  CHECK(host.get("gzip").body == x.body);
  CHECK(host.get("connections").body == "1");
}

TEST_CASE("E3 bodies, methods and headers are sent as asked") {
  hostile_server host;
  auto x = host.request("anything");
  x.headers = {"Content-Type: application/json"};
  for (std::string method : {"PUT", "POST"}) {
    x.method = method;
    x.body = "{\"a\": 1}";
    auto answer = curl_exchange()(x);
    CHECK(answer.body == method + " {\"a\": 1}");
    CHECK(answer.content_type == "application/json");
  }
  x.body = "";
  CHECK(curl_exchange()(x).body == "POST ");
}

TEST_CASE("E3 the token is read anew for each call and in no problem") {
  hostile_server host;
  CHECK(host.get("authorization").body == "none");
  auto x = host.request("authorization");
  x.token_file = host.token_file();
  CHECK(curl_exchange()(x).body == std::string{"Bearer "} + secret);
  std::ofstream{host.token_file()} << "another-token-than-that\n";
  CHECK(curl_exchange()(x).body == "Bearer another-token-than-that");
  std::ofstream{host.token_file()} << secret << '\n';
  for (auto path : {"reset", "redirect", "cut", "noise", "error", "bomb"}) {
    x.url = host.url(path);
    auto answer = curl_exchange()(x);
    CHECK_FALSE(answer.ok());
    CHECK_FALSE(has(answer.problem + answer.body, secret));
  }
  // Some hosts repeat what they were sent when they refuse it.
  x.url = host.url("repeat");
  x.headers = {"X-Key: " + std::string{secret} + "-2"};
  auto repeated = curl_exchange()(x);
  CHECK(repeated.status == 403);
  CHECK(has(repeated.body, "not for"));
  CHECK(has(repeated.body, "Authorization"));
  CHECK_FALSE(has(repeated.body, secret));
  ::chmod(host.token_file().c_str(), 0644);
  auto refused = curl_exchange()(x);
  CHECK(refused.status == 0);
  CHECK(has(refused.problem, "chmod 600"));
  CHECK_FALSE(has(refused.problem, secret));
  x.token_file = "/nowhere/token";
  CHECK(has(curl_exchange()(x).problem, "/nowhere/token"));
}

TEST_CASE("E3 hosts that hang or drip are given up in time") {
  hostile_server host;
  for (auto path : {"hang", "drip", "dripping_header"}) {
    CAPTURE(path);
    auto x = host.request(path);
    x.timeout = 300ms;
    auto answer = curl_exchange()(x);
    CHECK_FALSE(answer.ok());
    CHECK(answer.problem == "no whole answer within 300 ms");
  }
}

TEST_CASE("E3 huge answers end at the limit, packed or not") {
  hostile_server host;
  auto before = peak_mib();
  for (auto path : {"huge", "endless", "bomb"}) {
    CAPTURE(path);
    auto answer = host.get(path);
    CHECK_FALSE(answer.ok());
    CHECK(answer.body.size() <= 1 << 20);
    CHECK(answer.problem == "the answer has more than 1048576 bytes");
  }
  auto x = host.request("endless_headers");
  x.timeout = 1s;
  CHECK(curl_exchange()(x).problem != "");
  CHECK(peak_mib() - before < 256);
}

TEST_CASE("E3 nobody is followed elsewhere, and nothing but HTTP is spoken") {
  hostile_server host;
  for (auto path : {"redirect", "redirect_to_file"}) {
    auto x = host.request(path);
    x.token_file = host.token_file();
    auto answer = curl_exchange()(x);
    CHECK_FALSE(answer.ok());
    CHECK(has(answer.problem, "a redirect, which is not followed"));
  }
  CHECK(host.get("was_led_astray").body == "0");
  for (std::string url :
       {"file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1:1/x", "",
        "http://", "127.0.0.1:x"}) {
    CAPTURE(url);
    auto x = host.request("");
    x.url = url;
    auto answer = curl_exchange()(x);
    CHECK(answer.status == 0);
    CHECK(answer.problem != "");
    CHECK(answer.body == "");
  }
}

TEST_CASE("E3 broken answers are told as such") {
  hostile_server host;
  for (auto path : {"reset", "cut", "noise", "no_gzip"}) {
    CAPTURE(path);
    auto answer = host.get(path);
    CHECK_FALSE(answer.ok());
    CHECK(answer.problem != "");
  }
  auto error = host.get("error");
  CHECK(error.status == 500);
  CHECK(error.problem == "");
  CHECK_FALSE(error.ok());
  host.stop();
  CHECK(host.get("ok").status == 0);
}

TEST_CASE("E3 only a certificate that is trusted and fits is taken") {
  hostile_server host;
  http_request x;
  x.timeout = 120s;
  x.url = host.secure_url("localhost");
  auto strange = curl_exchange()(x);
  CHECK(strange.status == 0);
  CHECK(has(strange.problem, "TLS: "));
  CHECK(has(strange.problem, "ca_file"));
  x.ca_file = host.ca_file();
  CHECK(curl_exchange()(x).ok());
  x.url = host.secure_url("127.0.0.1"); // Not in the certificate.
  CHECK(has(curl_exchange()(x).problem, "TLS: "));
  x.ca_file = "/nowhere.pem";
  CHECK(has(curl_exchange()(x).problem, "ca_file"));
  x.url = host.url("ok"); // Speaks no TLS.
  x.url.replace(0, 4, "https");
  CHECK(curl_exchange()(x).status == 0);
}

TEST_CASE("E3 a sensor of a hostile host gives no data and says why, once") {
  hostile_server host;
  for (std::string path :
       {"hang", "drip", "endless", "bomb", "redirect", "cut", "reset", "error",
        "noise", "html", "endless_headers"}) {
    CAPTURE(path);
    foreign_sensor_config config;
    config.kind = "prometheus_text";
    config.url = host.url(path);
    config.token_file = host.token_file();
    // Else a busy machine is late with an answer once, and not the next time.
    config.timeout_seconds = path == "hang" || path == "drip" ? 0.3 : 30;
    if (path == "endless_headers") // Some versions of curl read on.
      config.timeout_seconds = 5;
    config.max_answer_mb = 0.1;
    config.signals.completed = "done";
    std::vector<std::string> warnings;
    auto take = make_foreign_sensor(
                  config,
                  {curl_exchange(),
                   [&](log_level level, const std::string& line) {
                     CHECK(level == log_level::warning);
                     warnings.push_back(line);
                   }})
                  .take;
    CHECK(take().completed == 0);
    auto told = warnings.size();
    CHECK(told >= 1);
    CHECK(take().completed == 0);
    CHECK(warnings.size() == told);
    for (const auto& line : warnings) {
      CHECK(line.starts_with("sensor " + config.url + ": "));
      CHECK_FALSE(has(line, secret));
    }
  }
}
