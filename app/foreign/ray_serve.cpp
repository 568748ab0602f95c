#include "app/foreign/ray_serve.hpp"

#include "actors/targets/foreign/document.hpp"

namespace tuner {

std::string for_ray_serve(const std::string& shown) {
  std::string result = "{";
  for (const char* key : {"proxy_location", "http_options", "grpc_options"}) {
    auto part = document::part_at(shown, std::string{"/"} + key);
    if (!part.empty() && part != "null")
      result += '"' + std::string{key} + "\":" + part + ',';
  }
  return result + "\"applications\":"
    + document::gathered(shown, "/applications", "/deployed_app_config") + '}';
}

} // namespace tuner
