#include "app/foreign/http.hpp"

#include "config/text.hpp"
#include "config/token.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string_view>

namespace tuner {

namespace {

using header_list = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

/// One per thread: it keeps its connections, and opens a new one where the
/// other end has closed the last.
CURL* handle_of_thread() {
  static const auto ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  thread_local const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle{
    curl_easy_init(), curl_easy_cleanup};
  if (ready != CURLE_OK || !handle)
    throw std::runtime_error{"libcurl does not start"};
  curl_easy_reset(handle.get());
  return handle.get();
}

/// Where the body goes.
struct intake {
  std::string& body;
  std::size_t bytes_max;
  bool full = false;
};

/// Sees what was unpacked, in pieces of 16 KiB at most, so that no answer of
/// any size or packing takes more memory than it may.
std::size_t
append(char* data, std::size_t size, std::size_t count, void* to) noexcept {
  auto& in = *static_cast<intake*>(to);
  auto bytes = size * count;
  in.full = bytes > in.bytes_max - std::min(in.bytes_max, in.body.size());
  if (in.full)
    return 0; // Ends the call.
  try {
    in.body.append(data, bytes);
  } catch (...) {
    return 0;
  }
  return bytes;
}

void add(header_list& to, const std::string& line) {
  auto* longer = curl_slist_append(to.get(), line.c_str());
  if (!longer)
    throw std::runtime_error{"out of memory"};
  (void)to.release();
  to.reset(longer);
}

header_list headers_for(const http_request& x) {
  header_list result{nullptr, curl_slist_free_all};
  add(result, "Expect:"); // Else a large body would wait for a second.
  for (const auto& line : x.headers)
    add(result, line);
  if (!x.token_file.empty())
    add(
      result,
      "Authorization: Bearer " + read_token_file(x.token_file, "token_file"));
  return result;
}

void set_method(CURL* c, const http_request& x) {
  if (x.method == "HEAD") {
    curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
  } else if (x.method != "GET" || !x.body.empty()) {
    curl_easy_setopt(
      c, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(x.body.size()));
    curl_easy_setopt(c, CURLOPT_POSTFIELDS, x.body.data());
    curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, x.method.c_str());
  }
}

void set_limits(CURL* c, const http_request& x) {
  auto limit = std::chrono::ceil<std::chrono::milliseconds>(x.timeout).count();
  curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, std::max<long>(limit, 1));
  curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
  // Else it would wait for the name server, 10 s and more: whoever resolves is
  // a thread, which ends by itself.
  curl_easy_setopt(c, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
  // Whoever answers may not send us, and our token, elsewhere.
  curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(c, CURLOPT_PROXY, "");
  curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!x.ca_file.empty())
    curl_easy_setopt(c, CURLOPT_CAINFO, x.ca_file.c_str());
}

std::string
problem_of(CURLcode code, const char* details, const http_request& x) {
  std::string reason = *details ? details : curl_easy_strerror(code);
  switch (code) {
  case CURLE_OPERATION_TIMEDOUT:
    return "no whole answer within " + to_string(x.timeout);
  case CURLE_URL_MALFORMAT:
    return "the URL is none that can be called: http:// or https:// is needed";
  case CURLE_PEER_FAILED_VERIFICATION:
  case CURLE_SSL_CACERT_BADFILE:
  case CURLE_SSL_CONNECT_ERROR:
    return "TLS: " + text::escaped(reason)
      + "; name the certificates to trust in ca_file";
  default:
    return text::escaped(reason);
  }
}

std::string redirect_problem(long status) {
  return "answered " + std::to_string(status)
    + ", a redirect, which is not followed: name the URL that it leads to";
}

/// Takes what was sent as a header, such as a token, out of what a host says
/// went wrong: some repeat it, and it ends in a log.
void hide_sent(std::string& said, const curl_slist* headers) {
  constexpr std::string_view bearer = "Bearer ";
  constexpr std::size_t length_min = 8; // Shorter values are no secrets.
  for (; headers != nullptr; headers = headers->next) {
    std::string_view value = headers->data;
    value.remove_prefix(std::min(value.find(':') + 1, value.size()));
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    if (value.starts_with(bearer))
      value.remove_prefix(bearer.size());
    if (value.size() < length_min)
      continue;
    for (auto at = said.find(value); at != std::string::npos;
         at = said.find(value, at))
      said.replace(at, value.size(), "...");
  }
}

void call(const http_request& x, http_answer& result) {
  auto* c = handle_of_thread();
  auto headers = headers_for(x);
  intake in{result.body, x.bytes_max};
  char details[CURL_ERROR_SIZE] = "";
  set_limits(c, x);
  set_method(c, x);
  curl_easy_setopt(c, CURLOPT_URL, x.url.c_str());
  curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, "gzip");
  curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, append);
  curl_easy_setopt(c, CURLOPT_WRITEDATA, &in);
  curl_easy_setopt(c, CURLOPT_ERRORBUFFER, details);
  auto code = curl_easy_perform(c);
  curl_easy_setopt(c, CURLOPT_ERRORBUFFER, nullptr);
  long status = 0;
  curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
  result.status = static_cast<int>(status);
  if (status / 100 != 2)
    hide_sent(result.body, headers.get());
  const char* type = nullptr;
  curl_easy_getinfo(c, CURLINFO_CONTENT_TYPE, &type);
  result.content_type = type ? type : "";
  if (in.full)
    result.problem =
      "the answer has more than " + std::to_string(x.bytes_max) + " bytes";
  else if (code != CURLE_OK)
    result.problem = problem_of(code, details, x);
  else if (status / 100 == 3)
    result.problem = redirect_problem(status);
}

} // namespace

http_exchange curl_exchange() {
  return [](const http_request& x) {
    http_answer result;
    try {
      call(x, result);
    } catch (const std::exception& e) {
      result.problem = e.what();
    }
    return result;
  };
}

} // namespace tuner
