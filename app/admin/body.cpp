#include "app/admin/body.hpp"

#include "app/admin/reply.hpp"
#include "config/json_text.hpp"
#include "config/reader.hpp"

namespace tuner {

void read_body(
  const std::string& body, const std::function<void(schema_visitor&)>& keys) {
  constexpr std::size_t errors_shown = 5;
  std::vector<config_error> errors;
  if (auto document = parse_json(body, "body", errors); document)
    read_keys(*document, "body", keys, errors);
  std::string message;
  for (std::size_t i = 0; i < errors.size() && i < errors_shown; ++i)
    message += (i > 0 ? "; " : "") + to_string(errors[i]);
  if (!errors.empty())
    throw refusal{400, "bad_body", message, {}};
}

} // namespace tuner
