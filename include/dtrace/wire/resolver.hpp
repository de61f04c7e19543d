#pragma once

#include <dtrace/core/error.hpp>
#include <dtrace/core/ip.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dtrace::wire {

/// Names to addresses and back. Both calls are cancellable.
class Resolver {
  public:
    virtual ~Resolver() = default;

    /// The addresses of `host` in the system's order (RFC 6724), never empty. A literal address is
    /// its own answer. `family` absent: both.
    virtual boost::asio::awaitable<Result<std::vector<IpAddress>>> addresses(
        std::string host, std::optional<Family> family) = 0;

    /// The reverse name of `address`; empty when it has none or nobody answers in time. Every
    /// address is asked for once while its answer is cached.
    virtual boost::asio::awaitable<std::string> name(IpAddress address) = 0;
};

/// The resolver of the product, on c-ares and the system's configuration (resolv.conf, hosts).
std::unique_ptr<Resolver> make_resolver(boost::asio::any_io_executor executor);

}  // namespace dtrace::wire
