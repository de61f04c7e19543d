#include "resources/handlers_culprits.hpp"

#include "api/answers.hpp"
#include "api/measurement_query.hpp"
#include "api/query_parameters.hpp"
#include "resources/views_culprits.hpp"

#include <dtrace/json/read.hpp>
#include <dtrace/json/write.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dtrace::master {

namespace {

constexpr std::uint32_t usual_count = 100;
constexpr std::uint32_t largest_count = 1000;
constexpr std::size_t witnesses_listed = 5;

/// On the pool: there may be many, with many witnesses.
std::string write_list(std::vector<store::KeptCulprit> const& kept,
                       std::optional<VerdictView> now) {
    CulpritList list{.now = std::move(now), .culprits = {}};
    for (auto const& each : kept) {
        auto record = json::read<CulpritRecord>(each.content, json::UnknownKeys::ignore);
        if (!record) continue;  // of another version
        auto& witnesses = record->witnesses;
        if (witnesses.size() > witnesses_listed) witnesses.resize(witnesses_listed);
        list.culprits.push_back(*std::move(record));
    }
    std::ranges::stable_sort(list.culprits, [](auto const& a, auto const& b) {
        return a.open != b.open ? a.open : a.odds > b.odds;
    });
    return json::write(list);
}

}  // namespace

boost::asio::awaitable<http::Response> get_culprits(Api& api, http::Request const& request) {
    QueryParameters query(request.query, {"from", "to", "limit"});
    auto const range = read_time_range(query);
    auto const limit =
        static_cast<std::uint32_t>(query.number("limit", 1, largest_count).value_or(usual_count));
    if (query.fault()) co_return *query.fault();
    auto const kept = co_await api.store.events().culprits(range.from, range.to, limit);
    if (!kept) co_return store_failed(kept.error());
    auto now = api.watch.verdict();
    auto text = co_await async::offload(
        api.workers, [&kept, &now] { return write_list(*kept, std::move(now)); });
    if (!text)
        co_return try_later(503, "Too much to do", "try again, or with a smaller limit",
                            seconds(1));
    co_return http::json_response(std::move(*text));
}

boost::asio::awaitable<http::Response> get_culprit(Api& api, http::Request const& request) {
    QueryParameters const query(request.query, {});
    if (query.fault()) co_return *query.fault();
    auto const id = parse<Uuid>(request.path_parameters.at("id"));
    if (!id) co_return http::problem(400, "Wrong culprit id", id.error().message, "id");
    auto const kept = co_await api.store.events().culprit(*id);
    if (!kept) co_return store_failed(kept.error());
    if (!*kept) co_return http::problem(404, "No such culprit", to_text(*id));
    co_return http::json_response((*kept)->content);
}

}  // namespace dtrace::master
