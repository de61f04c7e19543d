#pragma once

#include <dtrace/core/error.hpp>
#include <dtrace/core/ip.hpp>
#include <dtrace/core/time.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
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
    /// its own answer. `family` absent: both. The error says what is wrong with the name, or that
    /// there is no such host, no address of that family, or no answer.
    virtual boost::asio::awaitable<Result<std::vector<IpAddress>>> addresses(
        std::string host, std::optional<Family> family) = 0;

    /// The reverse name of `address`; empty when it has none or nobody answers in time. Every
    /// address is asked for once while its answer is cached.
    virtual boost::asio::awaitable<std::string> name(IpAddress address) = 0;
};

struct ResolverOptions {
    /// Name servers as "address" or "address:port"; empty: those of /etc/resolv.conf.
    std::vector<std::string> servers;
    Duration address_limit = seconds(5);  ///< the longest wait for addresses()
    Duration name_limit = seconds(1);     ///< the longest wait for name()
    std::size_t in_flight = 64;           ///< questions under way at once; more of them queue
    std::size_t cached_names = 65'536;    ///< the oldest is forgotten first
};

/// The resolver of the product, on c-ares and the system's configuration (resolv.conf, hosts).
/// Equal questions at the same time are asked once, and given up when nobody waits for any answer
/// any more. It may be destroyed with calls under way: they end as cancelled.
std::unique_ptr<Resolver> make_resolver(boost::asio::any_io_executor executor,
                                        ResolverOptions options = {});

}  // namespace dtrace::wire
