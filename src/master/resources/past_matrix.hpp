#pragma once

#include "api/api.hpp"
#include "resources/views_matrix.hpp"

#include <dtrace/core/error.hpp>

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>

namespace dtrace::master {

struct PastQuery {
    Timestamp at;
    std::optional<std::string> probe;
    std::optional<Uuid> measurement;
};

/// What every probe had last seen at an instant, from the traces in the store: those of three
/// intervals of the slowest measurement, ten minutes at least and a day at most. Errors: the
/// store's, and errc::resource_unavailable_try_again if too much is asked at once.
[[nodiscard]] boost::asio::awaitable<Result<Matrix>> past_matrix(Api& api, PastQuery query);

/// After a start: takes over into `api.latest` what was last seen before it.
[[nodiscard]] boost::asio::awaitable<void> restore_latest(Api& api);

/// The same, and then forgets what nobody has measured for two days. Until cancelled.
[[nodiscard]] boost::asio::awaitable<void> keep_latest(Api& api);

}  // namespace dtrace::master
