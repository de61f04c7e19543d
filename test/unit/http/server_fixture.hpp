#pragma once

#include "io_fixture.hpp"
#include "log_capture.hpp"
#include "raw_peer.hpp"

#include <dtrace/async/deadline.hpp>
#include <dtrace/async/task_group.hpp>
#include <dtrace/async/wakeup.hpp>
#include <dtrace/http/server.hpp>

#include <boost/test/unit_test.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace dtrace::test {

using http::Request;
using http::Response;
using http::Verb;

/// A server on the loopback interface with handlers that tests need. Set `options`, then run()
/// a coroutine with `with_server`; the server is stopped and joined afterwards.
struct ServerFixture : IoFixture {
    using Body = boost::asio::awaitable<void>;

    /// Who waits for this meets the fixture's time limit: a stop has to come about without it.
    static constexpr auto long_after = std::chrono::hours(1);

    ServerFixture() {
        options.listen = "127.0.0.1";
        options.limits.stop_grace = long_after;
    }

    http::ServerOptions options;
    LogCapture log;
    std::vector<http::AccessEntry> accesses;
    async::Wakeup changed{io.get_executor()};
    int waiting = 0;
    int cancelled = 0;
    http::Router router{{
        {Verb::get, "/hello", "", [](Request const& request) { return hello(request); }},
        {Verb::post, "/echo", "", [](Request const& request) { return echo(request); }},
        {Verb::get, "/fail", "", [](Request const& request) { return fail(request); }},
        {Verb::get, "/big", "", [](Request const& request) { return big(request); }},
        {Verb::get, "/wait", "", [this](Request const& request) { return wait(request); }},
        {Verb::get, "/wait-politely", "", [this](Request const&) { return wait_politely(); }},
        {Verb::get, "/wait-for-news", "", [this](Request const&) { return wait_for_news(); }},
    }};
    async::TaskGroup group{io.get_executor(), log};
    std::unique_ptr<http::Server> server;

    template <class F>
    void with_server(F body) {
        server = std::make_unique<http::Server>(
            io.get_executor(), options, router, log,
            [this](http::AccessEntry const& entry) { accesses.push_back(entry); });
        auto const opened = server->open();
        BOOST_REQUIRE_MESSAGE(opened, opened.error().message);
        run([&]() -> Body {
            group.spawn("server", server->serve());
            co_await body();
            co_await group.join(long_after);
        });
        BOOST_TEST(server->counters().connections == 0u);
    }

    RawPeer peer() { return RawPeer(io.get_executor()); }

    boost::asio::awaitable<RawPeer> connected() {
        RawPeer made(io.get_executor());
        co_await made.connect(server->local_port());
        co_return made;
    }

    /// One connection, one message, everything that comes back.
    boost::asio::awaitable<std::string> ask(std::string text) {
        auto one = co_await connected();
        co_return co_await one.ask(std::move(text));
    }

    /// Looks again whenever the loop has turned; the fixture's time limit bounds it.
    template <class Predicate>
    Body eventually(Predicate holds) {
        while (!holds())
            co_await async::sleep_for(milliseconds(1));
    }

    /// What was sent has been read and acted upon: many turns of the loop, of which a busy machine
    /// may make some long, but not all.
    static Body turns() {
        for (int turn = 0; turn < 20; ++turn)
            co_await async::sleep_for(milliseconds(1));
    }

    static boost::asio::awaitable<Response> hello(Request const& request) {
        auto const name = request.query.find("name");
        std::string text = "hello";
        if (name != request.query.end()) text += ' ' + name->second;
        co_return Response{200, {{"Content-Type", "text/plain"}}, text};
    }

    static boost::asio::awaitable<Response> echo(Request const& request) {
        co_return Response{200, {{"Content-Type", "text/plain"}}, request.body};
    }

    static boost::asio::awaitable<Response> fail(Request const&) {
        throw std::runtime_error("no such luck");
        co_return Response{};
    }

    static boost::asio::awaitable<Response> big(Request const&) {
        co_return Response{200, {}, std::string(64 * 1024 * 1024, 'x')};
    }

    /// Waits until cancelled and then goes on as a careless handler would.
    boost::asio::awaitable<Response> wait(Request const&) {
        ++waiting;
        bool const slept = co_await async::sleep_for(std::chrono::hours(1));
        if (!slept) ++cancelled;
        co_await async::sleep_for(std::chrono::hours(1));
        co_return Response{200, {}, "never"};
    }

    boost::asio::awaitable<Response> wait_politely() {
        ++waiting;
        bool const slept = co_await async::sleep_for(std::chrono::hours(1));
        if (!slept) ++cancelled;
        co_return Response{200, {}, "nothing new"};
    }

    boost::asio::awaitable<Response> wait_for_news() {
        ++waiting;
        co_await changed.wait();
        co_return Response{200, {}, "news"};
    }
};

inline bool has(std::string const& text, std::string const& part) {
    return text.find(part) != std::string::npos;
}

/// The status of a response, 0 when there is none.
inline int status_of(std::string const& answer) {
    return answer.starts_with("HTTP/1.1 ") ? std::stoi(answer.substr(9, 3)) : 0;
}

}  // namespace dtrace::test
