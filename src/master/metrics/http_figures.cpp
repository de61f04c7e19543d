#include "metrics/http_figures.hpp"

#include <dtrace/http/message.hpp>

#include <chrono>

namespace dtrace::master {

void HttpFigures::note(http::AccessEntry const& entry) {
    std::string const route(entry.route.empty() ? "none" : entry.route);
    std::string const verb(http::find_verb(entry.verb) ? entry.verb : "other");
    ++requests_[{route, verb, entry.status}];
    std::chrono::duration<double> const took = entry.took;
    durations_.try_emplace(route, Histogram(bounds)).first->second.note(took.count());
}

}  // namespace dtrace::master
