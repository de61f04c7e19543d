#include <dtrace/async/cancellable.hpp>
#include <dtrace/async/task_group.hpp>
#include <dtrace/async/wakeup.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <list>
#include <utility>

namespace dtrace::async {

namespace asio = boost::asio;
namespace this_coro = boost::asio::this_coro;

namespace {

/// How often join() tells about tasks that ignore both signals.
constexpr auto reminder = seconds(10);

struct Task {
    explicit Task(std::string task_name) : name(std::move(task_name)) {}

    std::string name;
    asio::cancellation_signal signal;
};

}  // namespace

/// Shared with the completion handlers, so that an io_context may be destroyed after the group.
struct TaskGroup::State {
    State(asio::any_io_executor home, Logger& logger)
        : executor(std::move(home)), log(&logger), changed(executor) {}

    void emit(asio::cancellation_type type) {
        for (auto task = tasks.begin(); task != tasks.end();)
            (task++)->signal.emit(type);
    }

    void ended(std::list<Task>::iterator task, std::exception_ptr const& failure) {
        if (failure && !(stopping && is_cancellation(failure))) {
            failed = true;
            if (log)
                log->error("task failed", {{"task", task->name}, {"reason", reason_of(failure)}});
        }
        tasks.erase(task);
        changed.notify_all();
    }

    [[nodiscard]] std::string names() const {
        std::string all;
        for (auto const& task : tasks) {
            if (!all.empty()) all += ", ";
            if (all.size() > 200) return all + "…";
            all += task.name;
        }
        return all;
    }

    asio::any_io_executor executor;
    Logger* log;  ///< null once the group is gone
    std::list<Task> tasks;
    bool stopping = false;
    bool cut_short = false;
    bool failed = false;
    Wakeup changed;
};

namespace {

template <class State>
asio::awaitable<void> run_task(State const& state, asio::awaitable<void> task) {
    co_await this_coro::reset_cancellation_state(asio::enable_total_cancellation());
    // A task spawned outside of the loop starts later: stop() may have come before.
    if (!state->stopping) co_await std::move(task);  // NOLINT(bugprone-use-after-move): moved once
}

}  // namespace

TaskGroup::TaskGroup(asio::any_io_executor executor, Logger& log)
    : state_(std::make_shared<State>(std::move(executor), log)) {}

TaskGroup::~TaskGroup() {
    state_->log = nullptr;
}

bool TaskGroup::spawn(std::string name, asio::awaitable<void> task) {
    return spawn(std::move(name), [&](asio::cancellation_signal&) { return std::move(task); });
}

bool TaskGroup::spawn(
    std::string name,
    std::function<asio::awaitable<void>(asio::cancellation_signal&)> const& make) {
    if (state_->stopping) return false;
    auto const position = state_->tasks.emplace(state_->tasks.end(), std::move(name));
    asio::co_spawn(state_->executor, run_task(state_, make(position->signal)),
                   asio::bind_cancellation_slot(position->signal.slot(),
                                                [state = state_, position](auto const& failure) {
                                                    state->ended(position, failure);
                                                }));
    return true;
}

void TaskGroup::stop() {
    if (std::exchange(state_->stopping, true)) return;
    state_->emit(asio::cancellation_type::total);
}

bool TaskGroup::stopping() const {
    return state_->stopping;
}

bool TaskGroup::cut_short() const {
    return state_->cut_short;
}

bool TaskGroup::failed() const {
    return state_->failed;
}

std::size_t TaskGroup::size() const {
    return state_->tasks.size();
}

asio::awaitable<void> TaskGroup::join(Duration grace) {
    auto const state = state_;
    bool const throws = co_await this_coro::throw_if_cancelled();
    co_await this_coro::throw_if_cancelled(false);

    stop();
    auto const limit = Clock::now() + grace;
    auto const cancellation = co_await this_coro::cancellation_state;
    auto const before = cancellation.cancelled();
    while (!state->tasks.empty()) {
        bool const changed = co_await state->changed.wait(limit);
        // A cancellation may come together with a notification, and only once.
        if (!changed || cancellation.cancelled() != before) break;
    }
    state->cut_short = true;
    state->emit(asio::cancellation_type::terminal);
    while (!state->tasks.empty()) {
        auto const remind_at = Clock::now() + reminder;
        bool const changed = co_await state->changed.wait(remind_at);
        if (!changed && Clock::now() >= remind_at)
            state->log->warn("tasks do not end", {{"tasks", state->names()}});
    }
    co_await this_coro::throw_if_cancelled(throws);
}

asio::awaitable<bool> TaskGroup::wait_until_one_fails() {
    auto const state = state_;
    auto const cancellation = co_await this_coro::cancellation_state;
    while (!state->failed && !state->tasks.empty()) {
        bool const changed = co_await state->changed.wait();
        if (!changed || cancellation.cancelled() != asio::cancellation_type::none) break;
    }
    co_return state->failed;
}

asio::awaitable<bool> TaskGroup::wait_until_empty() {
    auto const state = state_;
    auto const cancellation = co_await this_coro::cancellation_state;
    while (!state->tasks.empty()) {
        bool const changed = co_await state->changed.wait();
        // A cancellation may come together with a notification, and only once.
        if (!changed || cancellation.cancelled() != asio::cancellation_type::none) co_return false;
    }
    co_return true;
}

}  // namespace dtrace::async
