#pragma once

#include "config/file_watch.hpp"
#include "io_fixture.hpp"

#include <dtrace/async/deadline.hpp>
#include <dtrace/async/task_group.hpp>
#include <dtrace/core/log.hpp>

#include <boost/test/unit_test.hpp>

#include <utility>

namespace dtrace::test {

/// Runs `script` beside the own tasks of `files`; they are stopped when it returns.
template <class Files, class Script>
void run_watched(IoFixture& fixture, Files& files, Logger& log, Script script) {
    fixture.run([&]() -> boost::asio::awaitable<void> {
        auto const executor = fixture.io.get_executor();
        auto const loaded = co_await files.load();
        BOOST_REQUIRE_MESSAGE(loaded, (loaded ? "" : loaded.error().message));
        async::TaskGroup tasks(executor, log);
        tasks.spawn("files", files.run());
        tasks.spawn("file watch",
                    master::watch_files(
                        executor, files.files(), [&] { files.look_again(false); }, log));
        co_await script();
        co_await tasks.join(seconds(5));
    });
}

template <class Condition>
boost::asio::awaitable<void> until(Condition condition) {
    while (!condition())
        co_await async::sleep_for(milliseconds(5));
}

}  // namespace dtrace::test
