#include "handlers_catalog.hpp"

#include "query_parameters.hpp"
#include "views_catalog.hpp"

#include <dtrace/json/write.hpp>

#include <string>

namespace dtrace::master {

namespace {

ProbeView view_of(Api const& api, std::string const& name) {
    ProbeView view;
    view.name = name;
    if (auto const* tags = api.book.tags(name)) view.tags = *tags;
    view.online = api.activity.is_online(name, Clock::now());
    view.measurements = api.board.measurement_count(name);
    if (auto const* activity = api.activity.find(name)) {
        view.traces_since_start = activity->traces;
        view.last_seen = activity->last_seen;
        view.address = activity->address;
        if (!activity->version.empty()) view.version = activity->version;
    }
    return view;
}

}  // namespace

boost::asio::awaitable<http::Response> get_probes(Api& api, http::Request const& request) {
    QueryParameters const query(request.query, {});
    if (query.fault()) co_return *query.fault();
    ProbeList list;
    for (auto const& name : api.book.names())
        list.probes.push_back(view_of(api, name));
    co_return http::json_response(json::write(list));
}

boost::asio::awaitable<http::Response> get_measurements(Api& api, http::Request const& request) {
    QueryParameters const query(request.query, {});
    if (query.fault()) co_return *query.fault();
    co_return http::json_response(json::write(MeasurementList{api.board.measurements()}));
}

}  // namespace dtrace::master
