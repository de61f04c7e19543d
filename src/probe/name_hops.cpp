#include <dtrace/async/task_group.hpp>
#include <dtrace/async/wakeup.hpp>
#include <dtrace/probe/name_hops.hpp>
#include <dtrace/wire/resolver.hpp>

#include <boost/asio/this_coro.hpp>

#include <map>
#include <string>

namespace dtrace::probe {

namespace asio = boost::asio;

namespace {

using Names = std::map<IpAddress, std::string>;

template <class F>
void for_each_nameless(Trace& trace, F&& action) {
    for (auto& path : trace.paths)
        for (auto& hop : path.hops)
            for (auto& answer : hop.answers)
                if (!answer.name) action(answer);
}

/// Those still to be answered, and the end of the last one.
struct Questions {
    std::size_t left = 0;
    async::Wakeup all_answered;
};

asio::awaitable<void> ask(wire::Resolver& resolver, Names::value_type& entry,
                          Questions& questions) {
    entry.second = co_await resolver.name(entry.first);
    if (--questions.left == 0) questions.all_answered.notify_all();
}

}  // namespace

asio::awaitable<Trace> name_hops(Trace trace, wire::Resolver& resolver, Duration limit,
                                 Logger& log) {
    Names names;
    for_each_nameless(trace, [&](Answer const& answer) { names.try_emplace(answer.from); });
    if (names.empty()) co_return trace;

    // The questions refer to `names`: whatever happens to the caller, they are waited for.
    bool const throws = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);
    {
        auto const executor = co_await asio::this_coro::executor;
        Questions questions{names.size(), async::Wakeup(executor)};
        async::TaskGroup tasks(executor, log);
        for (auto& entry : names)
            tasks.spawn("reverse name", ask(resolver, entry, questions));
        if (questions.left > 0) co_await questions.all_answered.wait(Clock::now() + limit);
        co_await tasks.join(Duration::zero());
    }
    co_await asio::this_coro::throw_if_cancelled(throws);

    for_each_nameless(trace, [&](Answer& answer) {
        if (auto const& name = names.at(answer.from); !name.empty()) answer.name = name;
    });
    co_return trace;
}

}  // namespace dtrace::probe
