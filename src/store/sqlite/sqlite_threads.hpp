#pragma once

#include "sqlite/damage.hpp"
#include "sqlite/job_queue.hpp"
#include "sqlite/sqlite_database.hpp"

#include <dtrace/core/log.hpp>
#include <dtrace/store/open_store.hpp>

#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

namespace dtrace::store {

// Why threads of our own and no pool: a connection belongs to one thread, and whoever comes while a
// transaction is open joins it, which a pool of equal workers cannot arrange. They share their
// queue and what is told of commits with the one thread of everything else, each behind a mutex of
// its own.

/// Does jobs in transactions on the writing connection. What comes within a short time shares one
/// commit, and thus one wait for the disk. The destructor finishes what was pushed.
class WriteThread {
  public:
    struct Limits {
        std::size_t max_waiting = 50'000;
        /// How long a transaction waits for company, and how much it takes.
        microseconds gather{500};
        std::size_t max_weight = 10'000;
    };

    /// `undone` is called when a transaction was undone, before anything else is tried.
    WriteThread(Database& database, std::function<void()> undone, Limits limits, Damage& damage,
                Logger& log);
    ~WriteThread();

    [[nodiscard]] JobQueue& queue() { return queue_; }
    [[nodiscard]] JobQueue const& queue() const { return queue_; }
    [[nodiscard]] Histogram commits() const;
    /// Why the last transaction failed; none if it did not.
    [[nodiscard]] std::optional<Error> trouble() const;

  private:
    void run();
    void commit_together(Jobs jobs);
    void commit_alone(Job& job);
    [[nodiscard]] std::optional<Error> end_transaction();
    void finish(Job& job, std::optional<Error> const& failure);
    void note(std::optional<Error> const& failure);

    Database& database_;
    std::function<void()> undone_;
    Limits limits_;
    Damage& damage_;
    Logger& log_;
    JobQueue queue_;
    mutable std::mutex told_mutex_;  ///< of what the program's thread asks
    std::optional<Error> trouble_;
    Histogram commits_{StoreLoad::commit_bounds};
    std::thread thread_;
};

/// Does jobs one by one on a reading connection, each seeing one state of the database.
class ReadThread {
  public:
    ReadThread(Database& database, std::size_t max_waiting, Damage& damage);
    ~ReadThread();

    [[nodiscard]] JobQueue& queue() { return queue_; }
    [[nodiscard]] JobQueue const& queue() const { return queue_; }

  private:
    void run();

    Database& database_;
    Damage& damage_;
    JobQueue queue_;
    std::thread thread_;
};

}  // namespace dtrace::store
