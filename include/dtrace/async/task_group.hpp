#pragma once

#include <dtrace/core/log.hpp>
#include <dtrace/core/time.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace dtrace::async {

/// Owns coroutines: each has a name, ends in join(), and its exceptions go to the log. One thread.
/// Everything a task refers to must outlive join().
class TaskGroup {
  public:
    TaskGroup(boost::asio::any_io_executor executor, Logger& log);
    TaskGroup(TaskGroup const&) = delete;
    TaskGroup& operator=(TaskGroup const&) = delete;
    ~TaskGroup();

    /// Starts a task. After stop() it is not started but dropped, and the answer is false.
    bool spawn(std::string name, boost::asio::awaitable<void> task);

    /// The same for a task that something else may cancel, too: `make` gets the signal that does,
    /// which lives as long as the task.
    bool spawn(
        std::string name,
        std::function<boost::asio::awaitable<void>(boost::asio::cancellation_signal&)> const& make);

    /// First phase: every task hears `total`, once. May be called again.
    void stop();
    [[nodiscard]] bool stopping() const;

    /// The second phase has begun. For tasks that reset their cancellation state, which forgets
    /// what came just before.
    [[nodiscard]] bool cut_short() const;

    /// A task has ended by an exception.
    [[nodiscard]] bool failed() const;

    /// Tasks that have not ended.
    [[nodiscard]] std::size_t size() const;

    /// Calls stop(), waits for the tasks, after `grace` cancels them with `terminal`, and returns
    /// when all have ended. Cancelling the caller of join() only cuts the grace short.
    [[nodiscard]] boost::asio::awaitable<void> join(Duration grace);

    /// For tasks that one cannot do without: true when one has ended by an exception; false when
    /// none is left, or when cancelled before.
    [[nodiscard]] boost::asio::awaitable<bool> wait_until_one_fails();

    /// Returns when no task is left, without stopping any; false when cancelled before.
    [[nodiscard]] boost::asio::awaitable<bool> wait_until_empty();

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace dtrace::async
