#include "actors/monitor/recorder.hpp"

#include <pthread.h>

#include <system_error>
#include <unordered_map>

namespace tuner {

namespace {

/// One thread's stripe in one recorder, which may be gone.
struct registration {
  stripe* own = nullptr;
  std::weak_ptr<stripe_pool> pool;
};

/// All registrations of one thread, by recorder id.
using registrations = std::unordered_map<uint64_t, registration>;

constinit thread_local registrations* of_this_thread = nullptr;

/// Never 0, which marks an unused shortcut.
uint64_t next_id() {
  static std::atomic<uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

/// The key whose destructor gives back the stripes of a thread that ends. A
/// `thread_local` object with a destructor would do it too early: destructors
/// of other such objects may still record. Keys are destroyed after all of
/// them, and again if set again by then.
pthread_key_t end_of_thread(void (*destructor)(void*)) {
  static const auto key = [destructor] {
    pthread_key_t created{};
    if (auto error = pthread_key_create(&created, destructor); error != 0)
      throw std::system_error{
        error, std::generic_category(), "recorder: no key for threads' ends"};
    return created;
  }();
  return key;
}

} // namespace

recorder::recorder(arrival_times times)
  : id_(next_id()), keeps_times_(times == arrival_times::kept),
    pool_(std::make_shared<stripe_pool>()) {
  end_of_thread(leave);
}

recorder::~recorder() = default;

stripe& recorder::find_or_register() {
  if (!of_this_thread) {
    auto created = std::make_unique<registrations>();
    if (pthread_setspecific(end_of_thread(leave), created.get()) != 0)
      throw std::bad_alloc{};
    of_this_thread = created.release();
  }
  auto found = of_this_thread->find(id_);
  if (found == of_this_thread->end()) {
    // Threads that outlive many recorders don't collect their remains.
    std::erase_if(
      *of_this_thread, [](auto& x) { return x.second.pool.expired(); });
    found = of_this_thread->try_emplace(id_).first;
  }
  auto& mine = found->second;
  if (!mine.own) {
    mine.own = pool_->acquire();
    mine.pool = pool_;
  }
  shortcuts_[id_ % shortcuts_.size()] = {id_, mine.own};
  return *mine.own;
}

void recorder::leave(void* all) {
  // First the shortcuts: what this thread records from now on, in other keys'
  // destructors, must not go to stripes that belong to others.
  shortcuts_ = {};
  of_this_thread = nullptr;
  auto ended = std::unique_ptr<registrations>{static_cast<registrations*>(all)};
  for (auto& [id, x] : *ended)
    if (auto pool = x.pool.lock())
      pool->release(x.own);
}

} // namespace tuner
