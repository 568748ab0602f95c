#pragma once

#include "messages/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {

/// What follows `?` in a request. Strict: every function throws a `refusal`
/// that says what is wrong and what is allowed.
class query {
public:
  /// @param raw `target=a&limit=10`, percent-encoded.
  /// @param keys are those that may be there, each once.
  query(std::string_view raw, std::vector<std::string_view> keys);

  std::optional<std::string> text(std::string_view key) const;

  /// @returns a whole number from 1 to `most`.
  std::optional<uint32_t> count(std::string_view key, uint32_t most) const;

  /// @returns a moment given in Unix seconds, from 1970 to 2261.
  std::optional<instant> moment(std::string_view key) const;

private:
  std::vector<std::pair<std::string, std::string>> values_;
};

} // namespace tuner
