#pragma once

#include "catalog/assignment_board.hpp"

#include <dtrace/async/wakeup.hpp>

#include <boost/asio/awaitable.hpp>

namespace dtrace::master {

/// Takes one-off orders back at their deadlines. `changed` tells of new orders; it and `ended` are
/// told of those that end. Until cancelled.
[[nodiscard]] boost::asio::awaitable<void> expire_orders(AssignmentBoard& board,
                                                         async::Wakeup& changed,
                                                         async::Wakeup& ended);

}  // namespace dtrace::master
