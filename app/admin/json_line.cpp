#include "app/admin/json_line.hpp"

#include "config/text.hpp"

#include <boost/json/serialize.hpp>

#include <cmath>

namespace tuner {

namespace {

void append(std::string& out, const boost::json::value& x) {
  if (const auto* object = x.if_object()) {
    out += '{';
    for (const auto& [key, value] : *object) {
      out += out.back() == '{' ? "" : ",";
      out += boost::json::serialize(boost::json::string_view{key}) + ':';
      append(out, value);
    }
    out += '}';
  } else if (const auto* array = x.if_array()) {
    out += '[';
    for (const auto& item : *array) {
      out += out.back() == '[' ? "" : ",";
      append(out, item);
    }
    out += ']';
  } else if (const auto* number = x.if_double()) {
    out += std::isfinite(*number) ? text::number(*number) : "null";
  } else {
    out += boost::json::serialize(x);
  }
}

} // namespace

std::string json_line(const boost::json::value& x) {
  std::string result;
  append(result, x);
  return result;
}

} // namespace tuner
