#pragma once

#include "app/admin/content.hpp"
#include "app/admin/guard.hpp"

#include <optional>

namespace tuner {

/// Larger bodies are refused unread.
inline constexpr std::size_t body_bytes_max = 65'536;

/// Answers requests. Knows nothing of sockets. Thread-safe.
class router {
public:
  router(admin_content content, guard keeper);

  /// Looks at the head of a request. @returns what is wrong with it, so that
  /// its body need not be read; nothing if it may go on.
  std::optional<reply> refuse(const admin_request& x) const;

  /// @returns the answer, whatever the request is: an error is one, too.
  reply answer_to(const admin_request& x) const;

  const admin_content& content() const { return content_; }

private:
  const route* admit(const admin_request& x) const;
  const route* find(const admin_request& x) const;
  const page_part* part_at(std::string_view path) const;

  admin_content content_;
  guard keeper_;
  std::vector<route> routes_;
};

} // namespace tuner
