#pragma once

#include "api/api.hpp"
#include "resources/views_catalog.hpp"

#include <boost/asio/awaitable.hpp>

namespace dtrace::master {

/// `POST` of a measurement with `once`: 202.
[[nodiscard]] boost::asio::awaitable<http::Response> start_once(Api& api,
                                                                http::Request const& request,
                                                                MeasurementInput input,
                                                                Caller caller);

/// A run and its traces; `wait` and `after` of the query make it a long poll.
[[nodiscard]] boost::asio::awaitable<http::Response> show_once(Api& api, OnceRun run, seconds wait,
                                                               std::uint64_t after);

/// Takes back what is not done yet.
[[nodiscard]] boost::asio::awaitable<http::Response> drop_once(Api& api,
                                                               http::Request const& request,
                                                               Uuid id, Caller caller);

}  // namespace dtrace::master
