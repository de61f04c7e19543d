#pragma once

#include "sqlite/job_queue.hpp"

#include <dtrace/core/error.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace dtrace::store {

namespace detail {

/// A job whose result is delivered to an Asio handler, on its executor.
template <class R, class Work, class Handler>
class HandlerJob final : public Job {
  public:
    HandlerJob(std::size_t weight, Work work, Handler handler,
               boost::asio::any_io_executor const& home)
        : Job(weight),
          work_(std::move(work)),
          handler_(std::move(handler)),
          // Keeps the io_context running until the result is there.
          executor_(boost::asio::prefer(boost::asio::get_associated_executor(handler_, home),
                                        boost::asio::execution::outstanding_work.tracked)) {}

    void run() override { result_.emplace(work_()); }

    void finish(std::optional<Error> failure) override {
        using boost::asio::execution::outstanding_work;
        auto outcome = failure ? Result<R>(*std::move(failure)) : Result<R>(*std::move(result_));
        // The work goes home as well: nothing of it may be left on this thread.
        auto const home = boost::asio::prefer(executor_, outstanding_work.untracked);
        boost::asio::post(home, [handler = std::move(handler_), outcome = std::move(outcome),
                                 work = std::exchange(executor_, {})]() mutable {
            std::move(handler)(std::move(outcome));
        });
    }

  private:
    Work work_;
    std::optional<R> result_;
    Handler handler_;
    boost::asio::any_io_executor executor_;
};

}  // namespace detail

/// Has `work()` done by the thread behind `queue` and comes home with its value, or with what went
/// wrong. What is pending cannot be cancelled: a caller that is being cancelled waits for the end,
/// which the disk alone determines. errc::resource_unavailable_try_again: the queue is full.
template <class Work, class R = std::invoke_result_t<Work&>>
boost::asio::awaitable<Result<R>> submit(JobQueue& queue, std::size_t weight,
                                         boost::asio::any_io_executor home, Work work) {
    auto initiate = [&queue, weight, &home, &work](auto handler) {
        using Handler = decltype(handler);
        std::unique_ptr<Job> job = std::make_unique<detail::HandlerJob<R, Work, Handler>>(
            weight, std::move(work), std::move(handler), home);
        if (queue.push(job)) return;
        job->finish(make_error(boost::system::errc::resource_unavailable_try_again,
                               "the store has more to do than it can; try again later"));
    };
    co_return co_await boost::asio::async_initiate<boost::asio::use_awaitable_t<> const,
                                                   void(Result<R>)>(initiate,
                                                                    boost::asio::use_awaitable);
}

}  // namespace dtrace::store
