#include <dtrace/async/use_result.hpp>
#include <dtrace/async/wakeup.hpp>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <utility>

namespace dtrace::async {

namespace asio = boost::asio;
namespace this_coro = boost::asio::this_coro;

namespace {

enum class Notified : std::uint8_t { no, by_one, by_all };

}  // namespace

/// Lives in the frame of wait(). `owner` is null once the Wakeup is gone, which happens only when
/// an io_context is destroyed with coroutines in it.
struct Wakeup::Waiter {
    Waiter(Wakeup& wakeup, TimePoint deadline)
        : owner(&wakeup),
          position(wakeup.waiters_.insert(wakeup.waiters_.end(), this)),
          timer(wakeup.executor_, deadline) {}
    Waiter(Waiter const&) = delete;
    Waiter& operator=(Waiter const&) = delete;
    ~Waiter() {
        if (owner) owner->waiters_.erase(position);
    }

    void notify(Notified how) {
        notified = how;
        timer.cancel();
    }

    Wakeup* owner;
    std::list<Waiter*>::iterator position;
    asio::steady_timer timer;
    Notified notified = Notified::no;
};

Wakeup::Wakeup(asio::any_io_executor executor) : executor_(std::move(executor)) {}

Wakeup::~Wakeup() {
    for (auto* waiter : waiters_)
        waiter->owner = nullptr;
}

void Wakeup::notify_one() {
    ++version_;
    for (auto* waiter : waiters_) {
        if (waiter->notified != Notified::no) continue;
        waiter->notify(Notified::by_one);
        return;
    }
}

void Wakeup::notify_all() {
    ++version_;
    for (auto* waiter : waiters_)
        waiter->notify(Notified::by_all);
}

asio::awaitable<bool> Wakeup::wait(Version seen, TimePoint deadline) {
    if (version_ != seen) co_return true;
    Waiter waiter(*this, deadline);
    co_await waiter.timer.async_wait(as_result);
    if (waiter.notified == Notified::no) co_return false;
    auto const state = co_await this_coro::cancellation_state;
    bool const cancelled = state.cancelled() != asio::cancellation_type::none;
    if (cancelled && waiter.notified == Notified::by_one && waiter.owner) {
        notify_one();
        co_return false;
    }
    co_return true;
}

}  // namespace dtrace::async
