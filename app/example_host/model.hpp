#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace tuner::example {

/// Numbers in the input of one request, and in its response.
inline constexpr size_t row_width = 256;

/// What a request is answered with.
using response = std::array<float, row_width>;

/// Computes responses from inputs, many in one go.
class model {
public:
  virtual ~model() = default;

  /// Computes one batch. Called by several workers at a time, by each in turn.
  /// @param worker index of the caller, below the number of workers.
  /// @param in shape [batch, row_width].
  /// @param out same shape as `in`.
  virtual void
  run(size_t worker, std::span<const float> in, std::span<float> out) = 0;

  /// @returns memory for weights and intermediate values. From any thread.
  virtual size_t bytes() const = 0;
};

/// Writes the input that belongs to `key`: numbers from -1 to 1 that look
/// random but are always the same.
/// @param row shape [row_width].
void make_input(uint64_t key, std::span<float> row);

} // namespace tuner::example
