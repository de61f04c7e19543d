#pragma once

#include <dtrace/async/deadline.hpp>
#include <dtrace/async/task_group.hpp>
#include <dtrace/async/wakeup.hpp>
#include <dtrace/core/log.hpp>
#include <dtrace/http/message.hpp>
#include <dtrace/http/router.hpp>
#include <dtrace/http/server.hpp>
#include <dtrace/http/url.hpp>
#include <dtrace/json/write.hpp>
#include <dtrace/model/assignment.hpp>
#include <dtrace/model/report.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace dtrace::probe {

/// What the probes of these tests log in with.
inline std::string const secret = "s3cret-word";

/// A master on 127.0.0.1 that answers by script. Unscripted, it takes every report and keeps each
/// trace once, and hands out `assignment` by long poll.
class FakeMaster {
  public:
    using Answer = http::Handler;

    FakeMaster(boost::asio::any_io_executor executor, Logger& log)
        : changed(executor), executor_(executor), log_(log), router_(routes()) {}

    /// Listens; every time on the same port.
    void start() {
        port_ = listen(port_);
        tasks_->spawn("fake master", server_->serve());
    }

    boost::asio::awaitable<void> stop() {
        if (!tasks_) co_return;
        co_await tasks_->join(Duration::zero());
        tasks_.reset();
        server_.reset();
    }

    /// A port on which nothing listens, until start().
    void find_port() {
        port_ = listen(0);
        tasks_.reset();
        server_.reset();
    }

    [[nodiscard]] http::Url url() const { return {"127.0.0.1", port_, "/"}; }

    /// Waits until `condition` holds; it is looked at with every request and in between.
    template <class F>
    boost::asio::awaitable<void> until(F condition) {
        while (!condition())
            co_await changed.wait(Clock::now() + milliseconds(2));
    }

    std::deque<Answer> script;           ///< for reports: each is used once, then the usual answer
    std::deque<Answer> poll_script;      ///< the same for assignment requests
    Assignment assignment;               ///< revision 0: 404
    std::vector<std::string> delivered;  ///< traces as JSON, in the order of arrival
    std::vector<std::size_t> report_sizes;
    std::vector<TimePoint> report_times;
    std::vector<http::Request> reports;
    std::vector<http::Request> polls;
    std::vector<http::Request> progress;
    unsigned progress_status = 204;
    std::size_t known = 0;
    async::Wakeup changed;

    /// No answer at all.
    static boost::asio::awaitable<http::Response> hang(http::Request const&) {
        co_await async::sleep_until(TimePoint::max());
        co_return http::Response{};
    }

    /// The answer of a real master.
    http::Response take(http::Request const& request) {
        ReportReceipt receipt;
        auto const body = boost::json::parse(request.body);
        for (auto const& trace : body.as_array()) {
            auto text = boost::json::serialize(trace);
            if (!held_.insert(text).second) {
                ++receipt.known;
                ++known;
                continue;
            }
            ++receipt.accepted;
            delivered.push_back(std::move(text));
        }
        return http::json_response(json::write(receipt));
    }

    static Answer with(http::Response response) {
        return [response](http::Request const&) -> boost::asio::awaitable<http::Response> {
            co_return response;
        };
    }

  private:
    std::vector<http::Route> routes() {
        return {{http::Verb::post, "/api/v1/probe/reports", "", handler(&FakeMaster::report)},
                {http::Verb::post, "/api/v1/probe/progress", "", handler(&FakeMaster::hear)},
                {http::Verb::get, "/api/v1/probe/assignment", "", handler(&FakeMaster::poll)}};
    }

    http::Handler handler(
        boost::asio::awaitable<http::Response> (FakeMaster::*member)(http::Request const&)) {
        return [this, member](http::Request const& request) { return (this->*member)(request); };
    }

    boost::asio::awaitable<http::Response> hear(http::Request const& request) {
        progress.push_back(request);
        changed.notify_all();
        co_return http::Response{.status = progress_status, .headers = {}, .body = {}};
    }

    boost::asio::awaitable<http::Response> report(http::Request const& request) {
        reports.push_back(request);
        report_times.push_back(Clock::now());
        if (boost::system::error_code failed; !request.body.empty()) {
            auto const body = boost::json::parse(request.body, failed);
            report_sizes.push_back(body.is_array() ? body.as_array().size() : 0);
        }
        if (script.empty()) {
            auto response = take(request);
            changed.notify_all();
            co_return response;
        }
        auto const answer = std::move(script.front());
        script.pop_front();
        changed.notify_all();
        co_return co_await answer(request);
    }

    boost::asio::awaitable<http::Response> poll(http::Request const& request) {
        polls.push_back(request);
        changed.notify_all();
        if (!poll_script.empty()) {
            auto const answer = std::move(poll_script.front());
            poll_script.pop_front();
            co_return co_await answer(request);
        }
        if (assignment.revision == 0) co_return http::problem(404, "Not found");
        auto const limit = Clock::now() + seconds(std::stoi(request.query.at("wait")));
        auto const after = std::stoull(request.query.at("after"));
        while (assignment.revision == after)
            if (!co_await changed.wait(limit)) break;
        co_return http::json_response(json::write(assignment));
    }

    Port listen(Port port) {
        server_ = std::make_unique<http::Server>(
            executor_, http::ServerOptions{.listen = "127.0.0.1", .port = port}, router_, log_);
        server_->open().value();
        tasks_ = std::make_unique<async::TaskGroup>(executor_, log_);
        return server_->local_port();
    }

    boost::asio::any_io_executor executor_;
    Logger& log_;
    http::Router router_;
    std::unique_ptr<http::Server> server_;
    std::unique_ptr<async::TaskGroup> tasks_;
    std::set<std::string> held_;
    Port port_ = 0;
};

}  // namespace dtrace::probe
