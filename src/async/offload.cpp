#include <dtrace/async/offload.hpp>
#include <dtrace/async/wakeup.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>

namespace dtrace::async {

namespace asio = boost::asio;
namespace this_coro = boost::asio::this_coro;

namespace {

/// Everything but `taken` and `work` is touched at home only; `failure` by the thread before it
/// posts home.
struct Job {
    Job(asio::any_io_executor executor, std::function<void()> function)
        : home(executor), work(std::move(function)), changed(std::move(executor)) {}

    /// Whoever is first has the job: the thread that runs it, or the caller who gives it up.
    bool take() { return !taken.exchange(true); }

    asio::any_io_executor home;
    std::function<void()> work;
    std::atomic<bool> taken = false;
    bool over = false;
    std::exception_ptr failure;
    Wakeup changed;
};

}  // namespace

struct WorkerPool::Impl {
    explicit Impl(Options given) : options(std::move(given)), pool(options.threads) {}

    void run(std::shared_ptr<Job> job) {
        waiting.fetch_sub(1);
        if (!job->take()) return;
        try {
            job->work();
        } catch (...) {
            job->failure = std::current_exception();
        }
        done.fetch_add(1);
        auto const home = job->home;
        asio::post(home, [finished = std::move(job)] {
            finished->over = true;
            finished->changed.notify_all();
        });
    }

    Options options;
    std::atomic<std::size_t> waiting = 0;
    std::atomic<std::uint64_t> done = 0;
    std::atomic<std::uint64_t> refused = 0;
    asio::thread_pool pool;  ///< last: its threads use the rest
};

WorkerPool::WorkerPool(Options options) : impl_(std::make_unique<Impl>(std::move(options))) {}

WorkerPool::~WorkerPool() = default;

WorkerPool::Counters WorkerPool::counters() const {
    return {.done = impl_->done, .refused = impl_->refused, .waiting = impl_->waiting};
}

asio::awaitable<Result<void>> WorkerPool::run(std::function<void()> job) {
    if (impl_->waiting.fetch_add(1) >= impl_->options.max_waiting) {
        impl_->waiting.fetch_sub(1);
        impl_->refused.fetch_add(1);
        co_return make_error(boost::system::errc::resource_unavailable_try_again,
                             impl_->options.name + ": too much work is waiting");
    }
    auto const shared = std::make_shared<Job>(co_await this_coro::executor, std::move(job));
    asio::post(impl_->pool, [impl = impl_.get(), shared] { impl->run(shared); });

    bool const throws = co_await this_coro::throw_if_cancelled();
    co_await this_coro::throw_if_cancelled(false);
    bool given_up = false;
    while (!shared->over && !given_up) {
        bool const notified = co_await shared->changed.wait();
        given_up = !notified && !shared->over && shared->take();
    }
    co_await this_coro::throw_if_cancelled(throws);

    if (given_up) co_return make_error(boost::system::errc::operation_canceled, "cancelled");
    if (shared->failure) std::rethrow_exception(shared->failure);
    co_return Result<void>();
}

}  // namespace dtrace::async
