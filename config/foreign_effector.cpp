#include "config/foreign_effector.hpp"

#include "config/text.hpp"

namespace tuner {

namespace {

/// Collects what is wrong with one effector.
struct checker {
  const foreign_effector_config& x;
  const std::string& path;
  std::vector<config_error>& errors;

  void refuse(const char* key, const std::string& value, const char* allowed) {
    errors.push_back(
      {path + key, text::shortened(text::quoted(value)), allowed, ""});
  }

  void url(const char* key, const std::string& value, bool needed) {
    if (value.empty() && !needed)
      return;
    if (value.rfind("http://", 0) != 0 && value.rfind("https://", 0) != 0)
      return refuse(key, value, "a URL with http:// or https://");
    auto host = value.substr(value.find("//") + 2);
    if (host.substr(0, host.find('/')).find('@') != std::string::npos)
      errors.push_back(
        {path + key, "a URL with a password",
         "one without: put a token into `token_file`", ""});
  }

  void pointer(const char* key, const std::string& value, bool needed) {
    if (value.empty() ? needed : value.front() != '/')
      refuse(key, value, "a JSON pointer, as in /parameters/batch_size");
  }

  void http() {
    const auto& h = x.http;
    url(".http.read_url", h.read_url, true);
    url(".http.write_url", h.write_url, false);
    url(".http.check_url", h.check_url, false);
    pointer(".http.pointer", h.pointer, true);
    pointer(".http.embedded_at", h.embedded_at, false);
    pointer(".http.wrap_at", h.wrap_at, false);
    pointer(".http.check_pointer", h.check_pointer, false);
    if (h.layout != "as_read" && !(h.wrap_at + h.embedded_at).empty())
      refuse(".http.layout", h.layout, "as_read, with wrap_at or embedded_at");
    for (const auto& header : h.headers)
      if (header.find(':') == std::string::npos)
        refuse(".http.headers", header, "headers as in \"X-Project: 7\"");
  }

  void exec() {
    if (x.exec.read.empty())
      refuse(".exec.read", "", "a program that prints the value");
    auto told = false;
    for (const auto& argument : x.exec.write)
      told = told || argument.find("{value}") != std::string::npos;
    if (!told)
      refuse(".exec.write", "", "a program with {value} in an argument");
  }

  void file() {
    if (x.file.path.empty() || x.file.path.front() != '/')
      refuse(".file.path", x.file.path, "the path of a file, from /");
    if ((x.file.signal == "none") != x.file.pid_file.empty())
      refuse(
        ".file.pid_file", x.file.pid_file,
        "the file of the process to tell, with a signal; or neither");
  }
};

} // namespace

void check_effector(
  const foreign_effector_config& x, const std::string& path,
  std::vector<config_error>& errors) {
  checker check{x, path, errors};
  if (x.kind == "http")
    check.http();
  else if (x.kind == "exec")
    check.exec();
  else if (x.kind == "file")
    check.file();
}

} // namespace tuner
