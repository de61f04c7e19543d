#pragma once

#include "timed_socket.hpp"

#include <dtrace/async/use_result.hpp>
#include <dtrace/core/ip.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>

namespace dtrace::test {

/// The other end of a connection, byte by byte: sends what a well-behaved peer would not.
class RawPeer {
  public:
    using tcp = boost::asio::ip::tcp;

    explicit RawPeer(boost::asio::any_io_executor const& executor) : socket_(executor) {}
    explicit RawPeer(tcp::socket socket) : socket_(std::move(socket)) {}

    boost::asio::awaitable<void> connect(Port port) {
        tcp::endpoint const to(boost::asio::ip::address_v4::loopback(), port);
        auto const [error] = co_await socket_.async_connect(to, async::as_result);
        BOOST_REQUIRE_MESSAGE(!error, error.message());
    }

    /// False: the server has closed already.
    boost::asio::awaitable<bool> send(std::string text) {
        auto const [error, size] =
            co_await boost::asio::async_write(socket_, boost::asio::buffer(text), async::as_result);
        co_return !error && size == text.size();
    }

    /// Everything up to end of file or reset.
    boost::asio::awaitable<std::string> read_to_end() {
        bool more = true;
        while (more)
            more = co_await read_more();
        co_return std::exchange(received_, {});
    }

    /// One response with Content-Length, or what came before the end of file.
    boost::asio::awaitable<std::string> read_answer(bool with_body = true) {
        bool more = true;
        while (more && received_.size() < answer_size(with_body))
            more = co_await read_more();
        auto const size = std::min(answer_size(with_body), received_.size());
        auto answer = received_.substr(0, size);
        received_.erase(0, size);
        co_return answer;
    }

    /// Send and read to the end.
    boost::asio::awaitable<std::string> ask(std::string text) {
        co_await send(std::move(text));
        co_return co_await read_to_end();
    }

    void half_close() { socket_.shutdown(tcp::socket::shutdown_send); }
    void close() { socket_.close(); }
    tcp::socket& socket() { return socket_; }

  private:
    /// Of the first answer, as far as it can be told.
    std::size_t answer_size(bool with_body) const {
        auto const end = received_.find("\r\n\r\n");
        if (end == std::string::npos) return end;
        auto const at = received_.find("Content-Length: ");
        bool const has_length = with_body && at < end;
        return end + 4 + (has_length ? std::stoul(received_.substr(at + 16)) : 0);
    }

    boost::asio::awaitable<bool> read_more() {
        char chunk[4096];
        auto const [error, size] =
            co_await socket_.async_read_some(boost::asio::buffer(chunk), async::as_result);
        received_.append(chunk, size);
        co_return !error;
    }

    tcp::socket socket_;
    std::string received_;
};

}  // namespace dtrace::test
