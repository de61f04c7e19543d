#pragma once

#include <dtrace/core/error.hpp>
#include <dtrace/core/ip.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <ares.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dtrace::wire {

/// A c-ares channel whose sockets and timeouts are served by an Asio executor.
class CaresChannel : public std::enable_shared_from_this<CaresChannel> {
  public:
    /// What c-ares says (ARES_SUCCESS, …) and what it found. Called once for each question, perhaps
    /// before the asking function returns.
    using AddressesReply = std::function<void(int status, std::vector<IpAddress> addresses)>;
    using NameReply = std::function<void(int status, std::string name)>;

    /// `servers` as in ResolverOptions.
    static Result<std::shared_ptr<CaresChannel>> open(boost::asio::any_io_executor executor,
                                                      std::vector<std::string> const& servers);
    ~CaresChannel();

    void ask_addresses(std::string const& host, std::optional<Family> family, AddressesReply reply);
    void ask_name(IpAddress const& address, NameReply reply);

    /// Ends all questions with ARES_ECANCELLED.
    void cancel();

    /// Ends all questions with ARES_EDESTRUCTION; asks nothing any more.
    void close();

    [[nodiscard]] bool idle() const { return questions_ == 0; }

  private:
    struct Socket;
    struct Question;

    explicit CaresChannel(boost::asio::any_io_executor executor);

    void on_socket_state(ares_socket_t fd, bool readable, bool writable);
    void await(std::shared_ptr<Socket> const& socket, bool write);
    void process(ares_socket_t readable, ares_socket_t writable);
    void set_timer();

    boost::asio::any_io_executor executor_;
    boost::asio::steady_timer timer_;
    ares_channel channel_ = nullptr;
    std::map<ares_socket_t, std::shared_ptr<Socket>> sockets_;
    std::size_t questions_ = 0;
};

}  // namespace dtrace::wire
