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

/// A long poll: until there are more results than these, or another progress than this,
/// which is looked for twice a second.
struct OnceWait {
    seconds wait{};
    std::uint64_t results = 0;
    std::optional<std::uint64_t> progress;  ///< the changes one has; absent: of results only
};

/// A run and its traces.
[[nodiscard]] boost::asio::awaitable<http::Response> show_once(Api& api, OnceRun run,
                                                               OnceWait asked);

/// Takes back what is not done yet.
[[nodiscard]] boost::asio::awaitable<http::Response> drop_once(Api& api,
                                                               http::Request const& request,
                                                               Uuid id, Caller caller);

}  // namespace dtrace::master
