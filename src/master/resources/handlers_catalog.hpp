#pragma once

#include "api/api.hpp"

#include <boost/asio/awaitable.hpp>

namespace dtrace::master {

using Answer = boost::asio::awaitable<http::Response>;

[[nodiscard]] Answer get_probes(Api& api, http::Request const& request);
[[nodiscard]] Answer get_probe(Api& api, http::Request const& request);
[[nodiscard]] Answer get_measurements(Api& api, http::Request const& request);

// Changes: what comes from a file is changed there (409).

[[nodiscard]] Answer post_probe(Api& api, http::Request const& request, Caller caller);
/// PUT replaces the definition, PATCH merges into it.
[[nodiscard]] Answer change_probe(Api& api, http::Request const& request, Caller caller);
[[nodiscard]] Answer delete_probe(Api& api, http::Request const& request, Caller caller);

[[nodiscard]] Answer get_measurement(Api& api, http::Request const& request);
[[nodiscard]] Answer post_measurement(Api& api, http::Request const& request, Caller caller);
[[nodiscard]] Answer change_measurement(Api& api, http::Request const& request, Caller caller);
[[nodiscard]] Answer delete_measurement(Api& api, http::Request const& request, Caller caller);

}  // namespace dtrace::master
