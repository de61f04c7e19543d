#pragma once

#include <dtrace/core/error.hpp>

#include <boost/asio/awaitable.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace dtrace::async {

/// Threads for work that would hold up the one thread of everything else. Destroy it before the
/// io_context whose coroutines use it: the destructor finishes what runs and drops what waits.
class WorkerPool {
  public:
    struct Options {
        std::string name = "workers";  ///< for messages
        std::size_t threads = 1;
        std::size_t max_waiting = 1024;  ///< jobs that no thread has taken yet
    };
    struct Counters {
        std::uint64_t done = 0;
        std::uint64_t refused = 0;  ///< because of max_waiting
        std::size_t waiting = 0;
    };

    explicit WorkerPool(Options options);
    WorkerPool(WorkerPool const&) = delete;
    WorkerPool& operator=(WorkerPool const&) = delete;
    ~WorkerPool();

    [[nodiscard]] Counters counters() const;

    /// Runs `job` on a thread of the pool and comes home. Errors:
    /// errc::resource_unavailable_try_again when max_waiting are waiting; errc::operation_canceled
    /// when the caller was cancelled before a thread took the job. A job that runs is always waited
    /// for, so that it may refer to the caller's variables. Its exceptions come through.
    [[nodiscard]] boost::asio::awaitable<Result<void>> run(std::function<void()> job);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

namespace detail {

template <class T>
struct OffloadResult {
    using type = Result<T>;
};
template <class T>
struct OffloadResult<Result<T>> {
    using type = Result<T>;
};

}  // namespace detail

/// `co_await offload(pool, function)`: Result<T> for a function that returns T or Result<T>, with
/// the errors of WorkerPool::run besides the function's own.
template <class F>
[[nodiscard]] auto offload(WorkerPool& pool, F function)
    -> boost::asio::awaitable<typename detail::OffloadResult<std::invoke_result_t<F&>>::type> {
    using Value = std::invoke_result_t<F&>;
    if constexpr (std::is_void_v<Value>) {
        co_return co_await pool.run([&function] { function(); });
    } else {
        std::optional<Value> value;
        std::function<void()> job = [&function, &value] { value.emplace(function()); };
        auto const ran = co_await pool.run(std::move(job));
        if (!ran) co_return ran.error();
        co_return *std::move(value);
    }
}

}  // namespace dtrace::async
