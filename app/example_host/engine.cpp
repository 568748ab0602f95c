#include "app/example_host/engine.hpp"

#include "app/example_host/random.hpp"

#include <dnnl.hpp>
#include <omp.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace tuner::example {

namespace {

using dnnl::memory;

constexpr size_t layers = 5;
constexpr memory::dim widths[layers + 1] = {256, 1024, 1024, 1024, 1024, 256};
constexpr memory::dim widest = 1024;
constexpr memory::dim layout_batch = 32; ///< Chooses the weights' layout.

/// Keeps oneDNN on the calling thread while it lives. OpenMP counts threads per
/// calling thread, so this neither needs the environment nor affects others.
class one_thread {
public:
  one_thread() : before_(omp_get_max_threads()) { omp_set_num_threads(1); }
  ~one_thread() { omp_set_num_threads(before_); }
  one_thread(const one_thread&) = delete;
  one_thread& operator=(const one_thread&) = delete;

private:
  int before_;
};

memory::desc plain(memory::dim rows, memory::dim columns) {
  return {{rows, columns}, memory::data_type::f32, memory::format_tag::ab};
}

/// One layer for one batch size: y[n, out] = relu(x[n, in] w[in, out] + b),
/// without relu in the last layer.
dnnl::matmul::primitive_desc layer_of(
  const dnnl::engine& cpu, size_t layer, memory::dim batch,
  const memory::desc& weights) {
  dnnl::primitive_attr how;
  how.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  if (layer + 1 < layers) {
    dnnl::post_ops after;
    after.append_eltwise(1, dnnl::algorithm::eltwise_relu, 0, 0);
    how.set_post_ops(after);
  }
  auto in = widths[layer];
  auto out = widths[layer + 1];
  return {
    {plain(batch, in), weights, plain(1, out), plain(batch, out)}, how, cpu};
}

/// The layout that oneDNN prefers for the weights of `layer`. Both widths are
/// multiples of every block that it uses, so it has no padding.
memory::desc layout_of(const dnnl::engine& cpu, size_t layer) {
  auto any = memory::desc{
    {widths[layer], widths[layer + 1]},
    memory::data_type::f32,
    memory::format_tag::any};
  return layer_of(cpu, layer, layout_batch, any).weights_desc();
}

void fill(memory& x, double range, random_source& random) {
  auto data = static_cast<float*>(x.get_data_handle());
  auto size = x.get_desc().get_size() / sizeof(float);
  for (size_t i = 0; i < size; ++i)
    data[i] = static_cast<float>((2 * random.uniform() - 1) * range);
}

/// The kernels of one batch size.
using network = std::array<dnnl::matmul, layers>;

/// What one worker writes to.
struct workspace {
  dnnl::stream stream;
  memory even, odd; ///< Shape [slice_max, widest]: results of layers in turn.
  memory scratch;
};

} // namespace

struct engine::state {
  explicit state(size_t workers);
  memory allocate(const memory::desc& d);
  network compile(memory::dim batch);
  void run(workspace& w, size_t batch, const float* in, float* out) const;

  dnnl::engine cpu{dnnl::engine::kind::cpu, 0};
  size_t bytes = 0;
  size_t scratch_bytes = 1; ///< The most that any kernel needs.
  std::vector<memory> weights;
  std::vector<memory> biases;
  std::vector<network> networks; ///< By batch size - 1.
  std::vector<workspace> workspaces;
};

engine::state::state(size_t workers) {
  random_source random{1};
  for (size_t i = 0; i < layers; ++i) {
    weights.push_back(allocate(layout_of(cpu, i)));
    biases.push_back(allocate(plain(1, widths[i + 1])));
    // Keeps the variance of the activations: K. He, X. Zhang, S. Ren, J. Sun,
    // "Delving deep into rectifiers", ICCV 2015.
    auto range = std::sqrt(6.0 / static_cast<double>(widths[i]));
    fill(weights.back(), range, random);
    fill(biases.back(), 0.1, random);
  }
  for (size_t n = 1; n <= slice_max; ++n)
    networks.push_back(compile(static_cast<memory::dim>(n)));
  auto activations = plain(slice_max, widest);
  auto scratch = memory::desc{
    {static_cast<memory::dim>(scratch_bytes)},
    memory::data_type::u8,
    memory::format_tag::a};
  for (size_t i = 0; i < workers; ++i)
    workspaces.push_back(
      {dnnl::stream{cpu}, allocate(activations), allocate(activations),
       allocate(scratch)});
}

memory engine::state::allocate(const memory::desc& d) {
  bytes += d.get_size();
  return {d, cpu};
}

network engine::state::compile(memory::dim batch) {
  network result;
  for (size_t i = 0; i < layers; ++i) {
    if (i >= 2 && i + 1 < layers) { // the same shape as the one before
      result[i] = result[i - 1];
      continue;
    }
    auto d = layer_of(cpu, i, batch, weights[i].get_desc());
    result[i] = dnnl::matmul{d};
    scratch_bytes = std::max(scratch_bytes, d.scratchpad_desc().get_size());
  }
  return result;
}

void engine::state::run(
  workspace& w, size_t batch, const float* in, float* out) const {
  auto n = static_cast<memory::dim>(batch);
  // oneDNN has no read-only memory; it does not write to a source.
  void* from = const_cast<float*>(in);
  for (size_t i = 0; i < layers; ++i) {
    void* to =
      i + 1 == layers ? out : (i % 2 ? w.odd : w.even).get_data_handle();
    networks[batch - 1][i].execute(
      w.stream,
      {{DNNL_ARG_SRC, {plain(n, widths[i]), cpu, from}},
       {DNNL_ARG_WEIGHTS, weights[i]},
       {DNNL_ARG_BIAS, biases[i]},
       {DNNL_ARG_DST, {plain(n, widths[i + 1]), cpu, to}},
       {DNNL_ARG_SCRATCHPAD, w.scratch}});
    from = to;
  }
  w.stream.wait();
}

engine::engine(size_t workers) {
  one_thread here;
  state_ = std::make_unique<state>(workers);
}

engine::~engine() = default;

void engine::run(
  size_t worker, std::span<const float> in, std::span<float> out) {
  one_thread here;
  auto& w = state_->workspaces.at(worker);
  auto batch = in.size() / row_width;
  for (size_t done = 0; done < batch;) {
    auto n = std::min(batch - done, slice_max);
    auto at = done * row_width;
    state_->run(w, n, in.data() + at, out.data() + at);
    done += n;
  }
}

size_t engine::bytes() const {
  return state_->bytes;
}

} // namespace tuner::example
