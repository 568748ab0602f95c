#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace tuner {

/// Holds one text that survives the end of the process however it comes: what
/// is about to be written to a target. It is a file mapped into memory, beside
/// the journal, so that putting something into it takes no system call and
/// can't fail: a transaction of SQLite takes 0.1 ms there, and can wait.
///
/// A text is preceded by its length and its checksum, and the length is written
/// last: what was not put in whole was not put in.
class intent_slot {
public:
  static constexpr std::size_t size_max = 256 * 1024;

  /// Opens the file, or makes it, with room for the longest text.
  /// @throws std::runtime_error if that fails: the file, why, what to do.
  explicit intent_slot(const std::string& file);
  ~intent_slot();

  intent_slot(const intent_slot&) = delete;
  intent_slot& operator=(const intent_slot&) = delete;

  /// Replaces what is in it. @returns false, and empties it, for a text that is
  /// too long.
  bool put(std::string_view text);

  void clear();

  /// @returns what was put in last, by whichever process.
  std::optional<std::string> get() const;

private:
  struct layout;

  layout* at_ = nullptr;
};

} // namespace tuner
