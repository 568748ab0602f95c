#pragma once

#include "messages/ec.hpp"

#include <optional>
#include <string>

namespace tuner {

/// A value, or in words why there is none.
template <class T>
struct answer {
  std::optional<T> value;
  std::string refusal; ///< Empty if there is a value.
  ec why{};            ///< The same for programs; 0 where it has no name.

  explicit operator bool() const { return value.has_value(); }
  const T& operator*() const { return *value; }
  const T* operator->() const { return &*value; }
};

} // namespace tuner
