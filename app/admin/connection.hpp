#pragma once

#include "app/admin/router.hpp"

struct mg_connection;

namespace tuner {

/// Answers the request of a connection, which ends with it.
/// @returns the status, for civetweb.
int serve(mg_connection* c, const router& by);

/// Sends what civetweb finds wrong with a request before anyone sees it.
void send_error(mg_connection* c, int status);

} // namespace tuner
