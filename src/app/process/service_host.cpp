#include "process/service_host.hpp"

#include "process/notify.hpp"

#include <dtrace/async/deadline.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>

#include <csignal>
#include <exception>
#include <utility>

namespace dtrace::app {

namespace asio = boost::asio;

namespace {

std::string_view name_of(int signal) {
    return signal == SIGINT ? "SIGINT" : signal == SIGHUP ? "SIGHUP" : "SIGTERM";
}

/// Whoever started this process wants it to outlive the terminal (nohup).
bool is_ignored(int signal) {
    struct sigaction now {};
    return sigaction(signal, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

/// Runs at the end of a scope, however it is left.
template <class F>
class AtEnd {
  public:
    explicit AtEnd(F function) : function_(std::move(function)) {}
    AtEnd(AtEnd const&) = delete;
    AtEnd& operator=(AtEnd const&) = delete;
    ~AtEnd() { function_(); }

  private:
    F function_;
};

}  // namespace

ServiceHost::ServiceHost(asio::io_context& io, Logger& log, Notifier const& notifier)
    : io_(io),
      log_(log),
      notifier_(notifier),
      signals_(io, SIGINT, SIGTERM),
      stop_wanted_(io.get_executor()) {
    std::signal(SIGPIPE, SIG_IGN);  // a reader that went away is an error of that write alone
}

void ServiceHost::add(std::string name, asio::awaitable<void> part, Duration grace) {
    parts_.push_back({grace, std::make_unique<async::TaskGroup>(io_.get_executor(), log_)});
    parts_.back().group->spawn(name, watch(name, std::move(part)));
}

asio::awaitable<void> ServiceHost::watch(std::string name, asio::awaitable<void> part) {
    AtEnd const tell([&] {
        if (stopping_) return;
        log_.error("a part of the service ended by itself", {{"part", name}});
        finish(1);
    });
    co_await std::move(part);
}

void ServiceHost::finish(int status) {
    if (std::exchange(stopping_, true)) return;
    outcome_ = status;
    stop_wanted_.notify_all();
}

void ServiceHost::conclude(int status) {
    finish(status);
    outcome_ = status;
}

asio::awaitable<void> ServiceHost::feed_watchdog(Duration period) {
    for (;;) {
        bool const slept = co_await async::sleep_for(period);
        if (!slept) co_return;
        notifier_.alive();
    }
}

void ServiceHost::wait_for_signal() {
    signals_.async_wait([this](boost::system::error_code const& failed, int number) {
        // A signal on its way here when everything ended is not cancelled any more.
        if (failed || over_) return;
        on_signal(number);
        wait_for_signal();
    });
}

void ServiceHost::on_signal(int number) {
    if (number == SIGHUP && reload_) {
        notifier_.reloading();
        reload_();
        notifier_.ready();
    } else if (!stopping_) {
        log_.info("stopping", {{"signal", name_of(number)}});
        finish(0);
    } else {
        hurried_ = true;
        hurry_.emit(asio::cancellation_type::terminal);
    }
}

asio::awaitable<void> ServiceHost::supervise(std::function<asio::awaitable<Result<void>>()> start) {
    co_await asio::this_coro::throw_if_cancelled(false);
    if (auto const period = notifier_.watchdog_period())
        add("watchdog", feed_watchdog(*period), Duration::zero());

    auto const started = co_await start();
    if (started) {
        notifier_.ready();
        while (!stopping_)
            co_await stop_wanted_.wait(stop_wanted_.version());
    } else {
        stopping_ = true;
        outcome_ = started.error();
    }

    notifier_.stopping();
    while (!parts_.empty()) {
        auto const& last = parts_.back();
        co_await last.group->join(hurried_ ? Duration::zero() : last.grace);
        parts_.pop_back();
    }
    over_ = true;
    signals_.cancel();
}

Result<int> ServiceHost::run(std::function<asio::awaitable<Result<void>>()> start) {
    if (reload_ || !is_ignored(SIGHUP)) signals_.add(SIGHUP);
    wait_for_signal();
    asio::co_spawn(io_, supervise(std::move(start)),
                   asio::bind_cancellation_slot(hurry_.slot(), [](std::exception_ptr failure) {
                       if (failure) std::rethrow_exception(failure);
                   }));
    io_.run();
    // From here on nobody listens, but an impatient second signal must not turn an orderly end into
    // a death by signal.
    signals_.clear();
    for (int number : {SIGINT, SIGTERM, SIGHUP})
        std::signal(number, SIG_IGN);
    return outcome_;
}

}  // namespace dtrace::app
