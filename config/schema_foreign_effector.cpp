#include "config/schema.hpp"

namespace tuner {

void describe(schema_visitor& v, foreign_effector_config& x) {
  v.text("knob", x.knob, some_text, "The knob that it sets and reads");
  v.word(
    "kind", x.kind, {"http", "redis", "mariadb", "exec", "file"},
    "How: the section of that name tells");
  v.number(
    "scale", x.scale, above(0, 1e12, "factor"),
    "Value written ÷ value of the knob: 1048576 where the knob is in MiB and "
    "the host wants bytes");
  v.number(
    "timeout_seconds", x.timeout_seconds, within(0.01, 600, "seconds"),
    "For one reading; a write and its reading back may take twice that");
  v.number(
    "settle_seconds", x.settle_seconds, within(0, 3600, "seconds"),
    "After a change, until it shows what it is worth: judged later by this");
  v.section("http", x.http);
  v.section("redis", x.redis);
  v.section("mariadb", x.mariadb);
  v.section("exec", x.exec);
  v.section("file", x.file);
}

void describe(schema_visitor& v, http_effector_config& x) {
  v.text(
    "read_url", x.read_url, line_text,
    "Where the JSON document with the knob is read");
  v.text(
    "embedded_at", x.embedded_at, line_text,
    "JSON pointer to a text in what is read, which is the document; empty: "
    "what is read is the document");
  v.text(
    "pointer", x.pointer, line_text,
    "JSON pointer to the knob in the document, as in "
    "/dynamic_batching/max_queue_delay_microseconds");
  v.text(
    "write_url", x.write_url, line_text,
    "Where the whole document is sent; empty: `read_url`");
  v.word(
    "write_method", x.write_method, {"PUT", "POST", "PATCH"}, "How it is sent");
  v.text(
    "wrap_at", x.wrap_at, line_text,
    "JSON pointer, as in /parameters/config: the document is sent as a text "
    "there in another one; empty: as it was read");
  v.word(
    "layout", x.layout, {"as_read", "ray_serve"},
    "`ray_serve`: what is sent is made of the `deployed_app_config` of every "
    "application that is read");
  v.text(
    "check_url", x.check_url, line_text,
    "Where to read back what is in effect, as it is; empty: `read_url`");
  v.text(
    "check_pointer", x.check_pointer, line_text,
    "JSON pointer to the knob there; empty: `pointer`");
  v.texts("headers", x.headers, some_text, "To send, as in \"X-Project: 7\"");
  v.text(
    "token_file", x.token_file, line_text,
    "A file of ours, mode 0600, with a bearer token to send; read anew each "
    "time");
  v.text(
    "ca_file", x.ca_file, line_text,
    "Certificates that https trusts; empty: the system's");
  v.flag(
    "reload", x.reload,
    "It takes effect some time after the answer: `check_url` is asked until "
    "it does, for at most `timeout_seconds`");
}

void describe(schema_visitor& v, redis_effector_config& x) {
  v.text(
    "address", x.address, some_text, "HOST:PORT, or the path of its socket");
  v.text("user", x.user, line_text, "Empty: the default one");
  v.text(
    "password_file", x.password_file, line_text,
    "A file of ours, mode 0600; empty: none is needed");
  v.text("parameter", x.parameter, some_text, "As CONFIG SET has it");
}

void describe(schema_visitor& v, mariadb_effector_config& x) {
  v.text(
    "address", x.address, some_text, "HOST:PORT, or the path of its socket");
  v.text("user", x.user, line_text, "Empty: the one we run as");
  v.text(
    "password_file", x.password_file, line_text,
    "A file of ours, mode 0600; empty: none is needed");
  v.word(
    "variable", x.variable,
    {"innodb_buffer_pool_size", "binlog_commit_wait_count",
     "binlog_commit_wait_usec", "innodb_io_capacity", "innodb_log_buffer_size",
     "innodb_thread_concurrency", "key_buffer_size", "max_connections",
     "query_cache_size", "table_open_cache", "thread_cache_size"},
    "As SET GLOBAL has it");
}

void describe(schema_visitor& v, exec_effector_config& x) {
  v.texts(
    "read", x.read, line_text,
    "Program and arguments, run without a shell: it prints the value");
  v.texts(
    "write", x.write, line_text,
    "The same, with {value} in an argument: it sets the value");
}

void describe(schema_visitor& v, file_effector_config& x) {
  v.text(
    "path", x.path, line_text,
    "A file that holds nothing but the value; it is replaced at once");
  v.text(
    "pid_file", x.pid_file, line_text,
    "Holds the number of the process to tell");
  v.word(
    "signal", x.signal, {"none", "HUP", "USR1", "USR2"},
    "What the process is told by");
}

} // namespace tuner
