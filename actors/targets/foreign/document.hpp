#pragma once

#include <string>
#include <string_view>

/// JSON documents of others, changed in one place. All the rest stays as it is
/// to the byte: the order of members, spaces, numbers that no double can hold.
///
/// A pointer is a JSON pointer (RFC 6901), as in `/a/b~1c/0`; the empty one is
/// the whole document. All throw std::runtime_error, whose text tells the
/// pointer, what is found and what is allowed: for what is no JSON (at most 32
/// levels deep), for a key on the way that is given twice, and for a pointer
/// that leads nowhere.
namespace tuner::document {

/// @returns the number at `pointer`, which may be spelled as a text, as 64-bit
/// integers often are.
double number_at(std::string_view document, std::string_view pointer);

/// @returns the text at `pointer`, unescaped.
std::string text_at(std::string_view document, std::string_view pointer);

/// Puts a number where one is: as a text where it was one. A last member that
/// is missing is made, where an object is there to have it.
/// @param value finite; written whole where it is whole.
std::string
with_number(std::string_view document, std::string_view pointer, double value);

/// Puts another text where one is.
std::string with_text(
  std::string_view document, std::string_view pointer, std::string_view text);

/// @returns a document of nothing but `text` at `pointer`:
/// `{"parameters":{"config":"TEXT"}}`.
std::string wrapped(std::string_view text, std::string_view pointer);

/// @returns the array of what is at `pointer` in each member of the object at
/// `members`, in their order: `[{...},{...}]`. Members with nothing but `null`
/// there, or nothing, are refused.
std::string gathered(
  std::string_view document, std::string_view members,
  std::string_view pointer);

/// @returns the JSON text of what is at `pointer`, or an empty text where its
/// last member is missing.
std::string part_at(std::string_view document, std::string_view pointer);

} // namespace tuner::document
