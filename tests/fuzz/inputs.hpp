#pragma once

#include <string_view>

/// What the fuzzers try. Each takes any bytes and ends the program where a
/// promise is broken; the seeds are ordinary tests too.
namespace tuner::fuzz {

/// A selector on the first line, then expositions, separated by zero bytes.
void exposition(std::string_view input);

/// The body of an answer to a PromQL query.
void promql(std::string_view input);

/// A config file.
void config(std::string_view input);

/// Two JSON pointers and a number in a line each, and a document.
void document(std::string_view input);

/// What an agent tells a node: its enrolment in one line, then its samples as
/// they are sent.
void agent(std::string_view input);

/// What a peer sends to a node's port, after the greeting: `r` and bytes as
/// they are, or anything else and messages, whose headers are made to fit.
void link(std::string_view input);

/// A number in one line, and what Redis replies or MariaDB tells of its status.
void replies(std::string_view input);

/// A request to the admin port: head, empty line, body.
void admin(std::string_view input);

} // namespace tuner::fuzz
