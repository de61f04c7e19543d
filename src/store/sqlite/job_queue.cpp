#include "sqlite/job_queue.hpp"

#include <utility>

namespace dtrace::store {

bool JobQueue::push(std::unique_ptr<Job>& job) {
    {
        std::lock_guard const lock(mutex_);
        auto const weight = job->weight();
        if (closed_ || (weight_ > 0 && weight_ + weight > max_weight_)) return false;
        weight_ += weight;
        jobs_.push_back(std::move(job));
    }
    changed_.notify_one();
    return true;
}

Jobs JobQueue::take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return closed_ || !jobs_.empty(); });
    return std::exchange(jobs_, {});
}

Jobs JobQueue::take_until(TimePoint deadline) {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, deadline, [&] { return closed_ || !jobs_.empty(); });
    return std::exchange(jobs_, {});
}

void JobQueue::done(std::size_t weight) {
    std::lock_guard const lock(mutex_);
    weight_ -= weight;
}

std::size_t JobQueue::weight() const {
    std::lock_guard const lock(mutex_);
    return weight_;
}

void JobQueue::close() {
    {
        std::lock_guard const lock(mutex_);
        closed_ = true;
    }
    changed_.notify_all();
}

}  // namespace dtrace::store
