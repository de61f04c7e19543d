#include "records/split_traces.hpp"

namespace dtrace::store {

std::vector<SplitPath> split_all(std::vector<Trace> const& traces) {
    std::vector<SplitPath> paths;
    paths.reserve(traces.size());
    for (Trace const& trace : traces)
        for (Path const& path : trace.paths)
            paths.push_back(split(path));
    return paths;
}

std::shared_ptr<SplitTraces const> take_apart(SharedTraces traces) {
    return std::make_shared<SplitTraces const>(std::move(traces));
}

}  // namespace dtrace::store
