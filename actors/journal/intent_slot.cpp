#include "actors/journal/intent_slot.hpp"

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <stdexcept>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

namespace tuner {

struct intent_slot::layout {
  std::atomic<uint32_t> length; ///< 0: empty.
  uint32_t checksum;
  char text[size_max];
};

namespace {

uint32_t checksum_of(std::string_view text) {
  return static_cast<uint32_t>(crc32(
    0, reinterpret_cast<const Bytef*>(text.data()),
    static_cast<uInt>(text.size())));
}

} // namespace

intent_slot::intent_slot(const std::string& file) {
  auto fd = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  auto problem = fd < 0 ? errno : 0;
  // All of it: a page that is missing on a full disk would end the process.
  if (problem == 0)
    problem = posix_fallocate(fd, 0, sizeof(layout));
  if (problem == 0) {
    auto* at =
      mmap(nullptr, sizeof(layout), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (at == MAP_FAILED)
      problem = errno;
    else
      at_ = static_cast<layout*>(at);
  }
  if (fd >= 0)
    close(fd);
  if (problem != 0)
    throw std::runtime_error{
      "journal.file: " + file + ": " + std::strerror(problem)
      + "; make room on its disk, and its folder writable for this user"};
}

intent_slot::~intent_slot() {
  munmap(at_, sizeof(layout));
}

bool intent_slot::put(std::string_view text) {
  clear();
  if (text.size() > size_max)
    return false;
  std::memcpy(at_->text, text.data(), text.size());
  at_->checksum = checksum_of(text);
  at_->length.store(
    static_cast<uint32_t>(text.size()), std::memory_order_release);
  return true;
}

void intent_slot::clear() {
  at_->length.store(0, std::memory_order_release);
}

std::optional<std::string> intent_slot::get() const {
  auto length = at_->length.load(std::memory_order_acquire);
  if (length == 0 || length > size_max)
    return std::nullopt;
  std::string text{at_->text, length};
  return checksum_of(text) == at_->checksum ? std::optional{text}
                                            : std::nullopt;
}

} // namespace tuner
