#include "sqlite/sqlite_threads.hpp"

#include <iterator>
#include <utility>

namespace dtrace::store {

WriteThread::WriteThread(Database& database, std::function<void()> undone, Limits limits,
                         Damage& damage, Logger& log)
    : database_(database),
      undone_(std::move(undone)),
      limits_(limits),
      damage_(damage),
      log_(log),
      queue_(limits.max_waiting),
      thread_([this] { run(); }) {}

WriteThread::~WriteThread() {
    queue_.close();
    thread_.join();
}

std::optional<Error> WriteThread::trouble() const {
    std::lock_guard const lock(told_mutex_);
    return trouble_;
}

void WriteThread::run() {
    for (;;) {
        auto jobs = queue_.take();
        if (jobs.empty()) return;
        commit_together(std::move(jobs));
    }
}

void WriteThread::commit_together(Jobs jobs) {
    database_.execute("BEGIN IMMEDIATE");
    auto const deadline = Clock::now() + limits_.gather;
    std::size_t weight = 0;
    for (std::size_t next = 0; !database_.failed();) {
        for (; next < jobs.size() && !database_.failed(); ++next) {
            jobs[next]->run();
            weight += jobs[next]->weight();
        }
        if (weight >= limits_.max_weight || Clock::now() >= deadline) break;
        auto more = queue_.take_until(deadline);
        if (more.empty()) break;
        std::ranges::move(more, std::back_inserter(jobs));
    }
    auto const failure = end_transaction();
    // One that cannot be done must not take the others down with it.
    if (failure && jobs.size() > 1) {
        for (auto const& job : jobs)
            commit_alone(*job);
        return;
    }
    note(failure);
    for (auto const& job : jobs)
        finish(*job, failure);
}

void WriteThread::commit_alone(Job& job) {
    database_.execute("BEGIN IMMEDIATE");
    if (!database_.failed()) job.run();
    auto const failure = end_transaction();
    note(failure);
    finish(job, failure);
}

Histogram WriteThread::commits() const {
    std::lock_guard const lock(told_mutex_);
    return commits_;
}

std::optional<Error> WriteThread::end_transaction() {
    auto const began = Clock::now();
    database_.execute("COMMIT");
    std::chrono::duration<double> const took = Clock::now() - began;
    {
        std::lock_guard const lock(told_mutex_);
        commits_.note(took.count());
    }
    auto failure = database_.take_failure();
    if (failure) undone_();
    return failure;
}

void WriteThread::finish(Job& job, std::optional<Error> const& failure) {
    queue_.done(job.weight());
    job.finish(failure);
}

void WriteThread::note(std::optional<Error> const& failure) {
    if (failure) damage_.look_at(*failure);
    std::optional<Error> before;
    {
        std::lock_guard const lock(told_mutex_);
        before = std::exchange(trouble_, failure);
    }
    // Told when it begins, when it changes and when it is over, not at every attempt.
    if (failure && (!before || before->message != failure->message))
        log_.error("database cannot be written", {{"reason", failure->message}});
    if (before && !failure)
        log_.info("database can be written again", {{"file", database_.file().string()}});
}

ReadThread::ReadThread(Database& database, std::size_t max_waiting, Damage& damage)
    : database_(database), damage_(damage), queue_(max_waiting), thread_([this] { run(); }) {}

ReadThread::~ReadThread() {
    queue_.close();
    thread_.join();
}

void ReadThread::run() {
    for (;;) {
        auto const jobs = queue_.take();
        if (jobs.empty()) return;
        for (auto const& job : jobs) {
            database_.execute("BEGIN");
            if (!database_.failed()) job->run();
            database_.execute("COMMIT");
            auto failure = database_.take_failure();
            if (failure) damage_.look_at(*failure);
            queue_.done(job->weight());
            job->finish(std::move(failure));
        }
    }
}

}  // namespace dtrace::store
