#include "api/answers.hpp"

#include "api/query_parameters.hpp"

#include <algorithm>
#include <string>

namespace dtrace::master {

http::Response try_later(unsigned status, std::string_view title, std::string_view detail,
                         Duration after) {
    auto response = http::problem(status, title, detail);
    auto const wait = std::max(seconds(1), std::chrono::ceil<seconds>(after));
    response.headers.set("Retry-After", std::to_string(wait.count()));
    return response;
}

http::Response store_failed(Error const& error) {
    bool const full = error.code == boost::system::errc::no_space_on_device;
    return try_later(full ? 507 : 503, full ? "The disk is full" : "The database is not available",
                     error.message, seconds(10));
}

http::Response no_page(QueryParameters& query, Error const& error) {
    if (error.code != boost::system::errc::invalid_argument) return store_failed(error);
    query.refuse("cursor", "must be the next of an earlier answer");
    return *query.fault();
}

}  // namespace dtrace::master
