#include "client/system_resolver.hpp"

#include <dtrace/async/wakeup.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <memory>
#include <utility>

namespace dtrace::http {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

struct Lookup {
    explicit Lookup(asio::any_io_executor const& executor) : resolver(executor), done(executor) {}

    tcp::resolver resolver;
    boost::system::error_code error = asio::error::operation_aborted;
    std::vector<IpAddress> addresses;
    async::Wakeup done;
};

}  // namespace

asio::awaitable<Result<std::vector<IpAddress>>> resolve_by_system(std::string host) {
    auto const lookup = std::make_shared<Lookup>(co_await asio::this_coro::executor);
    auto const seen = lookup->done.version();
    lookup->resolver.async_resolve(
        host, "", [lookup](boost::system::error_code error, tcp::resolver::results_type results) {
            lookup->error = error;
            for (auto const& entry : results) {
                IpAddress const address = entry.endpoint().address();
                auto& known = lookup->addresses;
                if (std::find(known.begin(), known.end(), address) == known.end())
                    known.push_back(address);
            }
            lookup->done.notify_all();
        });
    bool const done = co_await lookup->done.wait(seen);
    if (!done) lookup->resolver.cancel();
    if (lookup->error) co_return make_error(lookup->error, "cannot resolve " + host);
    co_return std::move(lookup->addresses);
}

}  // namespace dtrace::http
