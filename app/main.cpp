#include "app/commands/commands.hpp"

int main(int argc, char** argv) {
  return tuner::run_program(argc, argv);
}
