#pragma once

#include "messages/sample.hpp"

namespace tuner {

/// Limits what a sample of another process says to what can be: its times to
/// what a clock shows from 1938 to 2096, so that differences can be told; its
/// workers to as many as any machine has, since models make room for each; and
/// its lists to as long as this process would make them. Figures that are no
/// finite numbers are unknown.
void limit(sample& x);

} // namespace tuner
