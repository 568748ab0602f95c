#pragma once

#include <string>

struct mg_connection;

namespace tuner {

/// What a request is answered with.
struct reply {
  int status = 200;
  std::string content_type;
  std::string body;
};

/// @returns `{"error":{"code":"...","message":"..."}}` with that status.
reply error_reply(int status, const char* code, const char* message);

/// Sends `x`. @param with_body false for HEAD. @returns true: it is handled.
bool send(mg_connection* to, const reply& x, bool with_body = true);

} // namespace tuner
