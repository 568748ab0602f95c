#include "app/engine.hpp"

#include <dlfcn.h>

#include <stdexcept>

// Programs of this repository link it in, hosts that embed the tuner don't.
extern "C" [[gnu::weak]] tuner::engine*
auto_tuner_make_engine(tuner::engine_params&& x);

namespace tuner {

namespace {

std::runtime_error not_opened(const std::string& why) {
  return std::runtime_error{
    "the tuner's engine can't be opened: " + why
    + "; install " AUTO_TUNER_ENGINE_FILE
      " of the same version, and name its directory in LD_LIBRARY_PATH if it "
      "is not one the dynamic loader searches"};
}

} // namespace

engine_maker find_engine() {
  if (auto_tuner_make_engine)
    return auto_tuner_make_engine;
  // Never closed: a thread that is stuck in a callback may be in its code.
  auto* library = dlopen(AUTO_TUNER_ENGINE_FILE, RTLD_NOW | RTLD_LOCAL);
  if (!library)
    throw not_opened(dlerror());
  auto* found = dlsym(library, "auto_tuner_make_engine");
  if (!found)
    throw not_opened(dlerror());
  return reinterpret_cast<engine_maker>(found);
}

} // namespace tuner
