#pragma once

#include <dtrace/core/time.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <list>

namespace dtrace::async {

/// A condition to wait for, on one thread. Every notification raises the version, so that nothing
/// is lost between looking and waiting:
///   auto const seen = wakeup.version();
///   … look, perhaps await something …
///   co_await wakeup.wait(seen, deadline);
/// Must outlive its waiters.
class Wakeup {
  public:
    using Version = std::uint64_t;

    explicit Wakeup(boost::asio::any_io_executor executor);
    Wakeup(Wakeup const&) = delete;
    Wakeup& operator=(Wakeup const&) = delete;
    ~Wakeup();

    [[nodiscard]] Version version() const { return version_; }
    [[nodiscard]] std::size_t waiters() const { return waiters_.size(); }

    /// Wakes the longest waiter, if any; a waiter that is cancelled at that moment passes it on.
    void notify_one();
    void notify_all();

    /// Returns true as soon as the version is not `seen`; false at the deadline or when cancelled.
    [[nodiscard]] boost::asio::awaitable<bool> wait(Version seen,
                                                    TimePoint deadline = TimePoint::max());

    /// The same for the next notification from now on.
    [[nodiscard]] boost::asio::awaitable<bool> wait(TimePoint deadline = TimePoint::max()) {
        return wait(version_, deadline);
    }

  private:
    struct Waiter;

    boost::asio::any_io_executor executor_;
    Version version_ = 0;
    std::list<Waiter*> waiters_;  ///< longest first
};

}  // namespace dtrace::async
