#pragma once

#include "app/example_host/model.hpp"

#include <memory>

namespace tuner::example {

/// A multilayer perceptron 256-1024-1024-1024-1024-256, ReLU between layers,
/// fp32, computed by oneDNN on the caller's thread alone. The weights are
/// random but always the same on one kind of CPU.
///
/// oneDNN compiles kernels per batch size, about a millisecond for each. All
/// sizes up to `slice_max` are compiled at the start, so that no request ever
/// waits for it; a larger batch is computed in slices, which costs nothing, as
/// time is proportional to size there. All sizes read one copy of the weights,
/// in the layout that oneDNN prefers.
class engine : public model {
public:
  /// The largest batch that is computed in one go.
  static constexpr size_t slice_max = 128;

  /// @param workers how many threads may call `run`.
  /// @throws std::exception if oneDNN cannot be used.
  explicit engine(size_t workers);

  ~engine() override;

  void
  run(size_t worker, std::span<const float> in, std::span<float> out) override;

  /// @returns memory for weights and intermediate values; the kernels take
  /// about 10 MiB more.
  size_t bytes() const override;

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace tuner::example
