#pragma once

#include "metrics/http_figures.hpp"

#include <dtrace/http/server.hpp>
#include <dtrace/model/event.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <vector>

namespace dtrace::master {

/// What is counted for the metrics alone, and how much of it may be shown.
struct Figures {
    std::size_t max_pairs = 20'000;  ///< of probe and measurement, in an answer
    HttpFigures http;
    std::map<EventKind, std::uint64_t> events;
    std::function<http::ServerCounters()> server = [] { return http::ServerCounters{}; };
    std::size_t scrapes_under_way = 0;

    void note(std::vector<Event> const& kept) {
        for (auto const& event : kept)
            ++events[event.kind];
    }
};

}  // namespace dtrace::master
