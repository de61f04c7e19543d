#pragma once

#include <dtrace/core/error.hpp>
#include <dtrace/core/time.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>

#include <array>
#include <memory>
#include <string_view>

namespace dtrace::http {

class TlsSession;

/// A connection, with or without TLS, with one deadline for whatever is being awaited on it. Each
/// operation ends with operation_aborted if the coroutine has been cancelled, also when that came
/// just before. Owned by shared_ptr because the deadline's timer may fire once more after
/// everything is over; close() ends it.
class TimedSocket : public std::enable_shared_from_this<TimedSocket> {
  public:
    explicit TimedSocket(boost::asio::ip::tcp::socket connected);
    explicit TimedSocket(boost::asio::any_io_executor const& executor);
    ~TimedSocket();

    [[nodiscard]] boost::asio::ip::tcp::socket& socket() { return socket_; }

    /// From now on operations end with errc::timed_out at `deadline`; TimePoint::max(): never.
    /// Cheap to call: the timer is only touched when the deadline comes nearer.
    void expires_at(TimePoint deadline);

    /// Waits until there is something to read, end of file included, and holds no buffer meanwhile.
    [[nodiscard]] boost::asio::awaitable<boost::system::error_code> wait_readable();

    /// From now on everything goes through TLS. The error says why it cannot.
    [[nodiscard]] boost::asio::awaitable<Result<void>> shake_hands(
        std::unique_ptr<TlsSession> session);
    /// What the peer's TLS complained of; empty: nothing.
    [[nodiscard]] std::string_view tls_failure() const;
    [[nodiscard]] bool is_secure() const { return tls_ != nullptr; }

    struct Transfer {
        boost::system::error_code error;  ///< asio::error::eof at the end
        std::size_t bytes = 0;
    };
    [[nodiscard]] boost::asio::awaitable<Transfer> read_some(boost::asio::mutable_buffer buffer);

    /// Writes `head` and `body`, each 64 KiB of them within `limit`. The views must stay valid.
    [[nodiscard]] boost::asio::awaitable<boost::system::error_code> write(std::string_view head,
                                                                          std::string_view body,
                                                                          Duration limit);

    [[nodiscard]] boost::asio::awaitable<boost::system::error_code> connect(
        boost::asio::ip::tcp::endpoint endpoint);

    /// Reads and forgets what the peer still sends, so that closing does not destroy an answer on
    /// its way: until end of file, `limit`, or 1 MiB.
    [[nodiscard]] boost::asio::awaitable<void> drain(Duration limit);

    /// No deadline, and no timer that would keep the program waiting.
    void rest();

    void close();

  private:
    void schedule();
    void on_timer();
    [[nodiscard]] boost::asio::awaitable<Transfer> read_tls(boost::asio::mutable_buffer buffer);
    [[nodiscard]] boost::asio::awaitable<Transfer> write_some(std::string_view head,
                                                              std::string_view body);
    [[nodiscard]] boost::asio::awaitable<Transfer> write_tls(std::string_view text);
    [[nodiscard]] boost::asio::awaitable<boost::system::error_code> wait_for(
        boost::asio::ip::tcp::socket::wait_type what);
    [[nodiscard]] boost::system::error_code outcome(boost::system::error_code error) const;

    boost::asio::ip::tcp::socket socket_;
    boost::asio::steady_timer timer_;
    std::unique_ptr<TlsSession> tls_;  ///< none: as the bytes are
    TimePoint deadline_ = TimePoint::max();
    TimePoint scheduled_ = TimePoint::max();  ///< when the timer fires; max: it is not running
    bool expired_ = false;
};

}  // namespace dtrace::http
