#include "tests/fuzz/inputs.hpp"
#include "tests/unit/seeds.hpp"

using namespace tuner;

TEST_CASE("E3 the seeds of the exposition fuzzer break no promise") {
  test::try_seeds("exposition", fuzz::exposition);
}

TEST_CASE("E3 the seeds of the PromQL fuzzer break no promise") {
  test::try_seeds("promql", fuzz::promql);
}

TEST_CASE("E3 the seeds of the config fuzzer break no promise") {
  test::try_seeds("config", fuzz::config);
}

TEST_CASE("E3 the seeds of the document fuzzer break no promise") {
  test::try_seeds("document", fuzz::document);
}

TEST_CASE("E3 the seeds of the replies fuzzer break no promise") {
  test::try_seeds("replies", fuzz::replies);
}

TEST_CASE("E2 the seeds of the agent fuzzer break no promise") {
  test::try_seeds("agent", fuzz::agent);
}

TEST_CASE("E2 the seeds of the link fuzzer break no promise") {
  test::try_seeds("link", fuzz::link);
}
