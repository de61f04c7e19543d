#include "handlers_matrix.hpp"

#include "answers.hpp"
#include "query_parameters.hpp"

#include <dtrace/async/offload.hpp>
#include <dtrace/json/write.hpp>

#include <algorithm>

namespace dtrace::master {

boost::asio::awaitable<http::Response> get_matrix(Api& api, http::Request const& request) {
    QueryParameters query(request.query, {"measurement", "probe"});
    auto const probe = query.text("probe");
    auto const measurement = query.text("measurement");
    auto const id = measurement ? parse<Uuid>(*measurement) : Result<Uuid>(Uuid{});
    if (!id) query.refuse("measurement", id.error().message);
    if (query.fault()) co_return *query.fault();
    Matrix matrix{.cells = api.latest.cells()};
    std::erase_if(matrix.cells, [&](MatrixCell const& cell) {
        return (probe && cell.probe != *probe) || (measurement && cell.measurement != *id);
    });
    // Ten thousand of them are two megabytes: not on the one thread.
    auto text = co_await async::offload(api.workers, [&] { return json::write(matrix); });
    if (!text)
        co_return try_later(503, "Too much to do", "try again, or for one measurement", seconds(1));
    co_return http::json_response(*std::move(text));
}

}  // namespace dtrace::master
