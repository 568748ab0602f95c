// The same program without the tuner, to compare start-up times with.
int main() {
  return 0;
}
