#include "once/once_traces.hpp"

#include <dtrace/model/assignment.hpp>

#include <algorithm>
#include <utility>

namespace dtrace::master {

boost::asio::awaitable<Result<store::Readable<Trace>>> once_traces(
    store::TraceStore& traces, Uuid id, std::vector<std::string> probes) {
    store::TraceQuery query;
    query.measurement = id;
    query.limit = most_once_probes;
    auto page = co_await traces.find(std::move(query));
    if (!page) co_return page.error();
    std::erase_if(page->traces, [&](Trace const& trace) {
        return trace.id != once_trace_id(id, trace.probe) ||
               std::ranges::find(probes, trace.probe) == probes.end();
    });
    std::ranges::reverse(page->traces);
    co_return store::Readable<Trace>{.entries = std::move(page->traces),
                                     .unreadable = std::move(page->unreadable)};
}

}  // namespace dtrace::master
