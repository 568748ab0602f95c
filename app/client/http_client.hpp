#pragma once

#include <string>

namespace tuner {

/// Where the control API is, and how to get in.
struct api_access {
  std::string url = "http://127.0.0.1:9464";
  std::string token; ///< Empty: none.
  std::string who;   ///< Names the operator, for the journal; may be empty.
};

/// What a server has answered.
struct api_answer {
  long status = 0;
  std::string body;
};

/// Sends requests, with short time limits, and follows nobody elsewhere.
/// @param path begins with `/` and is encoded.
/// @throws std::runtime_error if there is no answer: the URL, why, and what to
///   do.
api_answer http_get(const api_access& to, const std::string& path);
api_answer http_post(
  const api_access& to, const std::string& path, const std::string& json);

/// @returns `x` with what has a meaning in URLs encoded.
std::string url_encoded(const std::string& x);

} // namespace tuner
