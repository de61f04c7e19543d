#pragma once

#include <dtrace/async/task_group.hpp>
#include <dtrace/async/wakeup.hpp>
#include <dtrace/core/error.hpp>
#include <dtrace/core/log.hpp>
#include <dtrace/core/time.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace dtrace::app {

class Notifier;

/// Runs the parts of the process until SIGINT or SIGTERM, until finish(), or until a part ends by
/// itself. Then the parts stop in reverse order, each when those after it have ended and with the
/// grace that it was given; a second signal cuts all graces short. SIGHUP reloads, or where there
/// is nothing to reload (a terminal was closed) stops as well, unless it was ignored from the
/// start.
class ServiceHost {
  public:
    ServiceHost(boost::asio::io_context& io, Logger& log, Notifier const& notifier);
    ServiceHost(ServiceHost const&) = delete;
    ServiceHost& operator=(ServiceHost const&) = delete;

    /// A part is not expected to end before it is stopped. What it refers to outlives run().
    void add(std::string name, boost::asio::awaitable<void> part, Duration grace);

    /// Before run().
    void on_reload(std::function<void()> callback) { reload_ = std::move(callback); }

    /// Ends the run with this exit status.
    void finish(int status);

    /// The same for a part that has an exit status to tell even when it was told to stop.
    void conclude(int status);

    /// `start` adds the parts; ready is told when it has succeeded. The exit status: 1 when a part
    /// ended by itself.
    Result<int> run(std::function<boost::asio::awaitable<Result<void>>()> start);

  private:
    struct Part {
        Duration grace;
        std::unique_ptr<async::TaskGroup> group;
    };

    boost::asio::awaitable<void> watch(std::string name, boost::asio::awaitable<void> part);
    boost::asio::awaitable<void> feed_watchdog(Duration period);
    boost::asio::awaitable<void> supervise(
        std::function<boost::asio::awaitable<Result<void>>()> start);
    void wait_for_signal();
    void on_signal(int number);

    boost::asio::io_context& io_;
    Logger& log_;
    Notifier const& notifier_;
    boost::asio::signal_set signals_;
    async::Wakeup stop_wanted_;
    boost::asio::cancellation_signal hurry_;
    std::function<void()> reload_;
    std::vector<Part> parts_;
    bool stopping_ = false;
    bool hurried_ = false;
    bool over_ = false;
    Result<int> outcome_ = 0;
};

}  // namespace dtrace::app
