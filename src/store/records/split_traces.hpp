#pragma once

#include "records/path_shape.hpp"

#include <dtrace/store/trace_store.hpp>

#include <span>
#include <utility>
#include <vector>

namespace dtrace::store {

/// The paths of some traces, one trace after the other, taken apart. Refer to the traces.
[[nodiscard]] std::vector<SplitPath> split_all(std::vector<Trace> const& traces);
std::vector<SplitPath> split_all(std::vector<Trace>&&) = delete;

/// The same, beside the traces that they refer to.
class SplitTraces {
  public:
    explicit SplitTraces(SharedTraces traces)
        : traces_(std::move(traces)), paths_(split_all(*traces_)) {}

    [[nodiscard]] std::span<SplitPath const> paths() const { return paths_; }

  private:
    SharedTraces traces_;
    std::vector<SplitPath> paths_;
};

}  // namespace dtrace::store
