#pragma once

#include "api/api.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/system/result.hpp>

namespace dtrace::master {

/// The right to change something (Changes), or what the caller gets instead.
using TurnOrAnswer = boost::system::result<Changes::Turn, http::Response>;

/// Waits for the turn, and then looks again at who asks: while they waited their session may have
/// ended, their token been removed, their role been lowered.
[[nodiscard]] boost::asio::awaitable<TurnOrAnswer> take_turn(Api& api, http::Request const& request,
                                                             Caller const& caller);

}  // namespace dtrace::master
