#include "app/client/http_client.hpp"

#include <curl/curl.h>

#include <memory>
#include <stdexcept>

namespace tuner {

namespace {

constexpr long connect_patience_ms = 3000;
constexpr long patience_ms = 20'000;
constexpr std::size_t body_bytes_max = 67'108'864;

using handle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using header_list = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

std::size_t
append(char* data, std::size_t size, std::size_t count, void* body) {
  auto& to = *static_cast<std::string*>(body);
  if (to.size() + size * count > body_bytes_max)
    return 0; // No answer of ours is as large: ends it.
  to.append(data, size * count);
  return size * count;
}

void add(header_list& to, const std::string& line) {
  to = header_list{
    curl_slist_append(to.release(), line.c_str()), curl_slist_free_all};
}

header_list headers_for(const api_access& to) {
  header_list result{nullptr, curl_slist_free_all};
  add(result, "Content-Type: application/json");
  add(result, "Expect:"); // Else a large body would wait for a second.
  if (!to.token.empty())
    add(result, "Authorization: Bearer " + to.token);
  if (!to.who.empty())
    add(result, "X-Operator: " + to.who);
  return result;
}

api_answer
ask(const api_access& to, const std::string& path, const char* json) {
  handle curl{curl_easy_init(), curl_easy_cleanup};
  auto headers = headers_for(to);
  auto url = to.url + path;
  api_answer result;
  auto* c = curl.get();
  curl_easy_setopt(c, CURLOPT_URL, url.c_str());
  curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(c, CURLOPT_PROXY, ""); // The token is for nobody else.
  curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, connect_patience_ms);
  curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, patience_ms);
  curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, append);
  curl_easy_setopt(c, CURLOPT_WRITEDATA, &result.body);
  if (json)
    curl_easy_setopt(c, CURLOPT_POSTFIELDS, json);
  if (auto problem = curl_easy_perform(c); problem != CURLE_OK)
    throw std::runtime_error{
      "no answer from " + to.url + ": " + curl_easy_strerror(problem)
      + "; is auto_tuner running there (auto_tuner run)? Name another place "
        "with --url"};
  curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &result.status);
  return result;
}

} // namespace

api_answer http_get(const api_access& to, const std::string& path) {
  return ask(to, path, nullptr);
}

api_answer http_post(
  const api_access& to, const std::string& path, const std::string& json) {
  return ask(to, path, json.c_str());
}

std::string url_encoded(const std::string& x) {
  std::unique_ptr<char, decltype(&curl_free)> text{
    curl_easy_escape(nullptr, x.c_str(), static_cast<int>(x.size())),
    curl_free};
  return text ? text.get() : "";
}

} // namespace tuner
