#pragma once

#include "app/example_host/random.hpp"

#include <cstdint>

namespace tuner::example {

/// Draws ranks 1..n with probability proportional to rank^-s, s >= 0 (0 is
/// uniform), in constant time and without a table.
///
/// Rejection-inversion: W. Hoermann, G. Derflinger, "Rejection-inversion to
/// generate variates from monotone discrete distributions", ACM TOMACS 6(3),
/// 1996. With h(x) = x^-s and its integral H(x) = (x^(1-s) - 1) / (1 - s), a
/// uniform u between H(1.5) - h(1) and H(n + 0.5) is inverted to x = H^-1(u)
/// and rounded to the rank k. Each rank owns the strip of u from H(k + 0.5)
/// - h(k) to H(k + 0.5), of width exactly h(k); below it u is drawn again. H is
/// convex enough that x >= k - `squeeze_` is always inside the strip, which
/// saves most evaluations. H and its inverse are written with expm1 and log1p,
/// so s = 1 needs no special case beyond a limit at 0.
class zipf {
public:
  /// @param ranks at least 1; 0 counts as 1.
  /// @param exponent s; below 0 or not a number counts as 0.
  zipf(uint64_t ranks, double exponent);

  /// @returns a rank from 1 to `ranks`.
  uint64_t draw(random_source& random) const;

private:
  double density(double x) const;
  double integral(double x) const;
  double inverse(double u) const;

  double ranks_;
  double exponent_;
  double low_;
  double high_;
  double squeeze_;
};

} // namespace tuner::example
