#include "api/turn.hpp"

#include <utility>

namespace dtrace::master {

boost::asio::awaitable<TurnOrAnswer> take_turn(Api& api, http::Request const& request,
                                               Caller const& caller) {
    auto turn = co_await api.changes.enter();
    if (!turn) co_return too_many_changes();
    auto const again = api.gate.admit(request, Access::viewer, wall_clock_now());
    if (!again) co_return again.error();
    if (again->role < caller.role)
        co_return http::problem(403, "Not allowed", "your role was changed meanwhile");
    co_return *std::move(turn);
}

}  // namespace dtrace::master
