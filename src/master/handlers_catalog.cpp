#include "handlers_catalog.hpp"

#include "query_parameters.hpp"

#include <dtrace/json/write.hpp>

#include <boost/describe/class.hpp>

#include <optional>
#include <string>
#include <vector>

namespace dtrace::master {

namespace {

// The members below are JSON of the API, name by name (docs/api.md).

struct ProbeView {
    std::string name;
    std::vector<std::string> tags;
    bool online = false;
    std::uint64_t measurements = 0;
    std::uint64_t traces_since_start = 0;
    std::optional<Timestamp> last_seen;
    std::optional<IpAddress> address;
    std::optional<std::string> version;
};
BOOST_DESCRIBE_STRUCT(ProbeView, (),
                      (name, tags, online, measurements, traces_since_start, last_seen, address,
                       version))

struct ProbeList {
    std::vector<ProbeView> probes;
};
BOOST_DESCRIBE_STRUCT(ProbeList, (), (probes))

struct MeasurementList {
    std::vector<Measurement> measurements;
};
BOOST_DESCRIBE_STRUCT(MeasurementList, (), (measurements))

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
