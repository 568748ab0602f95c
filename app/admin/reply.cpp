#include "app/admin/reply.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <civetweb.h>

namespace tuner {

reply error_reply(int status, const char* code, const char* message) {
  boost::json::object body{
    {"error", boost::json::object{{"code", code}, {"message", message}}}};
  return {status, "application/json", boost::json::serialize(body) + '\n'};
}

bool send(mg_connection* to, const reply& x, bool with_body) {
  mg_response_header_start(to, x.status);
  mg_response_header_add(to, "Content-Type", x.content_type.c_str(), -1);
  mg_response_header_add(to, "X-Content-Type-Options", "nosniff", -1);
  mg_response_header_add(to, "Cache-Control", "no-store", -1);
  auto length = std::to_string(x.body.size());
  mg_response_header_add(to, "Content-Length", length.c_str(), -1);
  mg_response_header_send(to);
  if (with_body)
    mg_write(to, x.body.data(), x.body.size());
  return true;
}

} // namespace tuner
