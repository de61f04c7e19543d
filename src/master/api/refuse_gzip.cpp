#include "api/refuse_gzip.hpp"

namespace dtrace::master {

boost::asio::awaitable<std::optional<http::Response>> refuse_gzip(Api& api,
                                                                  http::Request const& request) {
    if (http::basic_credentials(request)) {
        auto const login = co_await api.login.check(request);
        if (!login) co_return login.error();
        co_return std::nullopt;
    }
    auto const caller = api.gate.admit(request, Access::user, wall_clock_now());
    if (!caller) co_return caller.error();
    co_return std::nullopt;
}

}  // namespace dtrace::master
