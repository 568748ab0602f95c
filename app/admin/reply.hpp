#pragma once

#include "app/admin/event_feed.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tuner {

/// What a request is answered with.
struct reply {
  int status = 200;
  std::string content_type;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers; ///< More of them.
  /// Goes on with these after the body, if there is a stream.
  std::unique_ptr<event_stream> stream;
};

/// A request that can't be answered as asked. Thrown by what handles it.
struct refusal {
  int status = 400;
  std::string code;    ///< For programs: `bad_request`.
  std::string message; ///< What is wrong, what is allowed, what to do.
  std::vector<std::pair<std::string, std::string>> headers;
};

/// @returns `{"error":{"code":"...","message":"..."}}` with that status.
reply to_reply(const refusal& x);

/// @returns `body` on one line.
reply json_reply(std::string body);

/// @returns the head of the response, with everything a browser must be told
/// to keep other sites out, up to the empty line.
std::string http_head(const reply& x);

} // namespace tuner
