#include "resources/handlers_matrix.hpp"

#include "api/answers.hpp"
#include "api/measurement_query.hpp"
#include "api/query_parameters.hpp"
#include "resources/past_matrix.hpp"

#include <dtrace/async/offload.hpp>
#include <dtrace/json/write.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace dtrace::master {

namespace asio = boost::asio;

namespace {

http::Response matrix_is_too_much() {
    return try_later(503, "Too much to do", "try again, or for one measurement", seconds(1));
}

void keep_only(std::vector<MatrixCell>& cells, std::optional<std::string> const& probe,
               std::optional<Uuid> const& measurement) {
    std::erase_if(cells, [&](MatrixCell const& cell) {
        return (probe && cell.probe != *probe) || (measurement && cell.measurement != *measurement);
    });
}

using Writer = std::string (*)(Matrix);

asio::awaitable<http::Response> answer(Api& api, http::Request const& request, Writer write) {
    QueryParameters query(request.query, {"measurement", "probe", "at"});
    auto const probe = query.text("probe");
    auto const measurement = read_measurement(query, api.board);
    auto const at = query.time("at");
    if (query.fault()) co_return *query.fault();
    Matrix matrix;
    if (at) {
        PastQuery wanted{.at = *at, .probe = probe, .measurement = measurement};
        auto past = co_await past_matrix(api, std::move(wanted));
        if (!past) {
            bool const busy =
                past.error().code == boost::system::errc::resource_unavailable_try_again;
            co_return busy ? matrix_is_too_much() : store_failed(past.error());
        }
        matrix = *std::move(past);
    } else {
        matrix.cells = api.latest.cells();
        // Whose they are cannot be told.
        if (!probe && !measurement) matrix.unreadable = unless_none(api.latest.left_out());
        keep_only(matrix.cells, probe, measurement);
    }
    // Ten thousand of them are two megabytes: not on the one thread.
    auto text =
        co_await async::offload(api.workers, [&matrix, write] { return write(std::move(matrix)); });
    if (!text) co_return matrix_is_too_much();
    co_return http::json_response(*std::move(text));
}

}  // namespace

asio::awaitable<http::Response> get_matrix(Api& api, http::Request const& request) {
    return answer(api, request, [](Matrix matrix) { return json::write(matrix); });
}

asio::awaitable<http::Response> get_matrix_columns(Api& api, http::Request const& request) {
    return answer(api, request, [](Matrix matrix) {
        auto columns = columns_of(matrix.cells);
        columns.truncated = matrix.truncated;
        columns.unreadable = matrix.unreadable;
        return json::write(columns);
    });
}

}  // namespace dtrace::master
