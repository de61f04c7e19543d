#include "resources/handlers_graph.hpp"

#include "api/answers.hpp"
#include "api/counted.hpp"
#include "api/measurement_query.hpp"
#include "api/query_parameters.hpp"
#include "resources/views_culprits.hpp"

#include <dtrace/analysis/path_graph.hpp>
#include <dtrace/json/read.hpp>
#include <dtrace/json/write.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dtrace::master {

namespace asio = boost::asio;

namespace {

constexpr std::uint64_t usual_traces = 2000;
constexpr std::uint64_t most_traces = 20'000;
constexpr std::size_t most_hops = 2'000'000;  ///< of all traces: some seconds of work
constexpr std::uint32_t traces_a_page = 200;
constexpr std::size_t graphs_at_a_time = 2;

std::size_t hops_of(std::vector<Trace> const& traces) {
    std::size_t hops = 0;
    for (auto const& trace : traces)
        for (auto const& path : trace.paths)
            hops += path.hops.size();
    return hops;
}

std::string name_of(analysis::GraphNode const& node) {
    if (node.probe) return "probe " + *node.probe;
    return node.address ? to_text(*node.address) : "*";
}

using LinkName = std::pair<std::string, std::string>;

std::map<LinkName, Uuid> accused_links(std::vector<store::KeptCulprit> const& kept) {
    std::map<LinkName, Uuid> accused;
    for (auto const& each : kept)
        if (auto record = json::read<CulpritRecord>(each.content, json::UnknownKeys::ignore))
            for (auto const& link : record->links)
                // Any probe's way may leave a silent hop for the same router.
                if (!record->access || !analysis::is_silent(link.from))
                    accused.emplace(LinkName{describe(link.from), describe(link.to)}, each.id);
    return accused;
}

void add_info(analysis::GraphView& view, address_info::AddressBook const& addresses) {
    if (addresses.empty()) return;
    for (auto& node : view.nodes)
        if (node.address) node.info = addresses.find(*node.address);
}

/// What the traces of a graph do not say.
struct LeftOut {
    bool truncated = false;  ///< they end before the store's do
    std::uint64_t unreadable = 0;
};

std::string write_graph(analysis::PathGraph const& graph,
                        std::vector<store::KeptCulprit> const& culprits,
                        address_info::AddressBook const& addresses, LeftOut const& left_out) {
    auto view = graph.view();
    view.truncated = view.truncated || left_out.truncated;
    view.unreadable = unless_none(left_out.unreadable);
    add_info(view, addresses);
    auto const accused = accused_links(culprits);
    for (auto& link : view.links) {
        LinkName const name{name_of(view.nodes[link.from]), name_of(view.nodes[link.to])};
        if (auto const found = accused.find(name); found != accused.end())
            link.culprit = found->second;
    }
    return json::write(view);
}

/// The newest are read first; those that cannot be read count towards `traces`.
asio::awaitable<Result<LeftOut>> fill(Api& api, store::TraceQuery query, std::uint64_t traces,
                                      analysis::PathGraph& graph) {
    LeftOut left_out;
    std::size_t hops = 0;
    for (;;) {
        query.limit = static_cast<std::uint32_t>(std::min<std::uint64_t>(traces_a_page, traces));
        auto page = co_await api.store.traces().find(query);
        if (!page) co_return page.error();
        auto const added = co_await async::offload(api.workers, [&] {
            for (auto const& trace : page->traces)
                graph.add(trace);
        });
        if (!added) co_return added.error();
        hops += hops_of(page->traces);
        left_out.unreadable += page->unreadable.count;
        traces -= std::min<std::uint64_t>(traces, page->traces.size() + page->unreadable.count);
        query.cursor = std::move(page->next);
        left_out.truncated = !query.cursor.empty();
        if (!left_out.truncated || traces == 0 || hops >= most_hops) co_return left_out;
    }
}

http::Response graph_is_too_much() {
    return try_later(503, "Too much to do", "try again, or with fewer traces", seconds(1));
}

}  // namespace

asio::awaitable<http::Response> get_graph(Api& api, http::Request const& request) {
    QueryParameters query(request.query, {"probe", "measurement", "from", "to", "limit"});
    store::TraceQuery wanted;
    wanted.probe = query.text("probe");
    wanted.measurement = read_measurement(query, api.board);
    auto const range = read_time_range(query);
    wanted.from = range.from;
    wanted.to = range.to;
    auto const traces = query.number("limit", 1, most_traces).value_or(usual_traces);
    if (query.fault()) co_return *query.fault();
    if (api.graphs_under_way >= graphs_at_a_time) co_return graph_is_too_much();
    Counted const counted(api.graphs_under_way);

    analysis::PathGraph graph;
    auto const left_out = co_await fill(api, std::move(wanted), traces, graph);
    if (!left_out) {
        bool const busy =
            left_out.error().code == boost::system::errc::resource_unavailable_try_again;
        co_return busy ? graph_is_too_much() : store_failed(left_out.error());
    }
    auto const culprits = co_await api.store.events().open_culprits();
    if (!culprits) co_return store_failed(culprits.error());
    auto const addresses = api.addresses;  // for a thread of its own
    auto text = co_await async::offload(
        api.workers, [&] { return write_graph(graph, *culprits, addresses, *left_out); });
    if (!text) co_return graph_is_too_much();
    co_return http::json_response(std::move(*text));
}

}  // namespace dtrace::master
