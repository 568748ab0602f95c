#pragma once

#include "messages/time.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace tuner {

/// One HTTP call.
struct http_request {
  std::string url; ///< `http://` or `https://`.
  std::string method = "GET";
  std::vector<std::string> headers; ///< `Name: value`.
  std::string body;
  std::string token_file; ///< A bearer token is in it; empty: none is sent.
  std::string ca_file;    ///< Of those trusted by https; empty: the system's.
  duration timeout = std::chrono::seconds{1}; ///< For all of it.
  std::size_t bytes_max = 16 << 20;           ///< Of the answer, unpacked.
};

/// What came of it.
struct http_answer {
  int status = 0; ///< 0: there was no answer.
  std::string content_type;
  std::string body;
  std::string problem; ///< Why there was none, or only a part; else empty.

  bool ok() const { return problem.empty() && status / 100 == 2; }
};

/// Makes one call and waits for what comes of it; never throws. Not for threads
/// that others wait for.
using http_exchange = std::function<http_answer(const http_request&)>;

/// @returns calls by libcurl. Nothing but http and https is spoken, TLS is
/// verified, redirects are not followed, proxies not asked, gzip is unpacked,
/// and the token file is read anew for each call. Connections are kept per
/// calling thread.
http_exchange curl_exchange();

} // namespace tuner
