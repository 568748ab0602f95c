#pragma once

#include "app/admin/reply.hpp"
#include "app/admin/request.hpp"

#include <optional>
#include <string>

namespace tuner {

/// Decides who may ask. Its functions throw a `refusal`, or return.
///
/// Listening on loopback, what is to be kept out is web pages: a browser on
/// this machine runs them and sends what they want. They can't set `Host` (a
/// page of a domain that was made to point here names its domain), nor hide
/// where a request comes from (`Sec-Fetch-Site`, `Origin`), nor send JSON
/// elsewhere unasked, nor know the token. Off loopback, everyone is kept out
/// who doesn't know it.
class guard {
public:
  /// @param address is what the server listens on.
  /// @param token is the secret; empty: nobody has one.
  guard(std::string address, std::string token);

  /// Refuses what no client with good intentions sends, and off loopback every
  /// request without the token.
  void check(const admin_request& x) const;

  /// Refuses a command without the token, or that a web form could send.
  void check_command(const admin_request& x) const;

  /// @returns who sent it, for the journal: `alice from 127.0.0.1`.
  static std::string operator_of(const admin_request& x);

private:
  void check_host(const admin_request& x) const;
  void check_token(const admin_request& x, const char* what) const;

  std::string address_;
  std::string token_;
  bool loopback_;
};

} // namespace tuner
