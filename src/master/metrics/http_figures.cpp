#include "metrics/http_figures.hpp"

#include <chrono>

namespace dtrace::master {

void HttpFigures::note(http::AccessEntry const& entry) {
    std::string const route(entry.route.empty() ? "none" : entry.route);
    ++requests_[{route, entry.verb, entry.status}];
    std::chrono::duration<double> const took = entry.took;
    durations_.try_emplace(route, Histogram(bounds)).first->second.note(took.count());
}

}  // namespace dtrace::master
