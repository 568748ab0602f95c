#pragma once

#include "app/hosted_target.hpp"
#include "app/pipeline_engine.hpp"

namespace tuner {

/// A pipeline for a host in this process, on an actor system of its own.
class embedded final : public pipeline_engine {
public:
  explicit embedded(engine_params x);
  ~embedded() override;

protected:
  runtime& where() override { return host_.where(); }

private:
  hosted_target host_;
};

} // namespace tuner
