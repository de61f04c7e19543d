#include "resources/handlers_openapi.hpp"

#include "api/openapi.hpp"
#include "api/query_parameters.hpp"
#include "api/routes.hpp"

namespace dtrace::master {

boost::asio::awaitable<http::Response> get_openapi(Api&, http::Request const& request) {
    static std::string const document = openapi_document(api_routes());
    QueryParameters const query(request.query, {});
    if (query.fault()) co_return *query.fault();
    co_return http::json_response(document);
}

}  // namespace dtrace::master
