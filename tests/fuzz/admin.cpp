#include "tests/fuzz/inputs.hpp"
#include "tests/fuzz/lines.hpp"
#include "tests/fuzz/require.hpp"
#include "tests/unit/admin_fakes.hpp"

#include <array>

namespace tuner::fuzz {

namespace {

bool may_answer(int status) {
  constexpr std::array allowed{200, 400, 401, 404, 405, 409, 413, 503};
  return std::find(allowed.begin(), allowed.end(), status) != allowed.end();
}

/// @returns a request as its head and body are, but for what HTTP has that they
/// don't need; `!` in a line of its own stands for what every program sends.
admin_request request_of(std::string_view input) {
  admin_request result;
  auto first = line_of(input);
  auto space = std::min(first.find(' '), first.size());
  auto target = first.substr(std::min(space + 1, first.size()));
  auto mark = std::min(target.find('?'), target.size());
  result.method = first.substr(0, space);
  result.path = target.substr(0, mark);
  result.query = target.substr(std::min(mark + 1, target.size()));
  result.peer = "127.0.0.1";
  for (auto line = line_of(input); !line.empty(); line = line_of(input)) {
    auto colon = std::min(line.find(": "), line.size());
    if (line == "!")
      result.headers = test::post("", "").headers;
    else
      result.headers.emplace_back(
        line.substr(0, colon), line.substr(std::min(colon + 2, line.size())));
  }
  result.body = input;
  return result;
}

bool knows_token(const admin_request& x) {
  return std::any_of(x.headers.begin(), x.headers.end(), [](const auto& y) {
    return y.second.find(test::token) != std::string::npos;
  });
}

} // namespace

void admin(std::string_view input) {
  static test::fake_service all;
  auto asked = request_of(input);
  router by{all.content(), all.keeper};
  auto commands = all.target().commands().size();
  auto early = by.refuse(asked);
  auto answered = by.answer_to(asked);
  require(may_answer(answered.status), "the contract knows the status");
  require(
    !early || early->status == answered.status, "an early refusal stays one");
  if (answered.status >= 400)
    require(!test::message_in(answered).empty(), "a refusal says why");
  auto head = http_head(answered);
  require(
    head.find("\r\n\r\n") == head.size() - 4, "no answer is split in two");
  require(
    knows_token(asked) || all.target().commands().size() == commands,
    "nobody commands without the token");
}

} // namespace tuner::fuzz
