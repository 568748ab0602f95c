#pragma once

#include "actors/analyzer/policy.hpp"

namespace tuner {

/// Never moves a knob: for comparison, and for watching only.
class hold_policy : public policy {
public:
  std::string_view name() const override { return "hold"; }

  decision decide(const observation&, const knob_table&) override { return {}; }
};

} // namespace tuner
