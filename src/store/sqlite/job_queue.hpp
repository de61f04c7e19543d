#pragma once

#include <dtrace/core/error.hpp>
#include <dtrace/core/time.hpp>

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace dtrace::store {

/// Work for a thread that owns a connection.
class Job {
  public:
    explicit Job(std::size_t weight) : weight_(weight) {}
    virtual ~Job() = default;

    /// Within a transaction; once more if that had to be undone.
    virtual void run() = 0;
    /// Called exactly once, when the transaction is durable, or with the reason why it is not.
    virtual void finish(std::optional<Error> failure) = 0;

    [[nodiscard]] std::size_t weight() const { return weight_; }

  private:
    std::size_t weight_;
};

using Jobs = std::vector<std::unique_ptr<Job>>;

/// Jobs on their way to a thread that owns a connection (sqlite_threads.hpp says why it is not one
/// of the pool's): two threads meet here, hence the mutex. Their weight counts from push() to
/// done(), so that what waits and what is being worked on is bounded together.
class JobQueue {
  public:
    explicit JobQueue(std::size_t max_weight) : max_weight_(max_weight) {}

    /// False, and the job is still the caller's: too much is waiting, or the queue is closed. A job
    /// that is heavier than the whole limit is taken when nothing waits.
    [[nodiscard]] bool push(std::unique_ptr<Job>& job);

    /// Waits for jobs; none: the queue is closed and empty.
    [[nodiscard]] Jobs take();
    /// Waits until `deadline` at most.
    [[nodiscard]] Jobs take_until(TimePoint deadline);
    void done(std::size_t weight);

    /// Of what was pushed and is not done.
    [[nodiscard]] std::size_t weight() const;

    /// Takes no more jobs; those it has are still to be done.
    void close();

  private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    Jobs jobs_;
    std::size_t weight_ = 0;
    std::size_t max_weight_;
    bool closed_ = false;
};

}  // namespace dtrace::store
