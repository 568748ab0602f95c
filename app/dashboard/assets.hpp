#pragma once

#include <span>
#include <string_view>

namespace tuner {

/// One part of the page, byte for byte as it was when the program was built.
struct asset {
  std::string_view path; ///< `/`, `/assets/page.js`.
  std::string_view content_type;
  std::string_view body;
};

/// @returns the whole page; nothing is read from the disk.
std::span<const asset> dashboard_assets();

} // namespace tuner
