#include "reporting/progress.hpp"

#include "fake_master.hpp"
#include "io_fixture.hpp"
#include "log_capture.hpp"

#include <dtrace/async/offload.hpp>
#include <dtrace/async/task_group.hpp>
#include <dtrace/http/client.hpp>
#include <dtrace/json/read.hpp>

#include <boost/test/unit_test.hpp>

#include <memory>
#include <set>
#include <string>
#include <vector>

using namespace dtrace;
using namespace dtrace::probe;
namespace asio = boost::asio;

namespace {

/// Traces without answers need none.
class NobodysNames : public wire::Resolver {
  public:
    asio::awaitable<Result<std::vector<IpAddress>>> addresses(std::string,
                                                              std::optional<Family>) override {
        co_return make_error(boost::system::errc::not_supported, "names only");
    }
    asio::awaitable<std::string> name(IpAddress) override { co_return ""; }
};

/// Another packet has left at each look.
std::shared_ptr<RoundView> busy_round() {
    auto view = std::make_shared<RoundView>();
    view->so_far = [sent = 0U]() mutable {
        Trace trace;
        trace.packets.sent = ++sent;
        return std::optional(trace);
    };
    return view;
}

struct ProgressFixture : test::IoFixture {
    test::LogCapture log;
    async::WorkerPool workers{{.name = "test"}};
    NobodysNames resolver;


    using ProgressStory =
        std::function<asio::awaitable<void>(FakeMaster&, Progress&, async::TaskGroup&)>;

    void play(ProgressStory story) {
        run([&]() -> asio::awaitable<void> {
            auto const executor = co_await asio::this_coro::executor;
            FakeMaster master(executor, log);
            master.start();
            http::Client client(executor, {});
            Progress progress(client, resolver, workers, master.url(), {"n1", secret}, log);
            async::TaskGroup rounds(executor, log);
            co_await story(master, progress, rounds);
            co_await rounds.join(seconds(10));
            co_await master.stop();
        });
    }

    /// Whose traces the master was told of.
    static std::set<std::string> told(FakeMaster const& master) {
        std::set<std::string> probes;
        for (auto const& request : master.progress)
            probes.insert(json::read<Trace>(request.body, json::UnknownKeys::refuse).value().probe);
        return probes;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(progress, ProgressFixture)

BOOST_AUTO_TEST_CASE(what_is_lost_does_not_end_it) {
    play([](FakeMaster& master, Progress& progress,
            async::TaskGroup& rounds) -> asio::awaitable<void> {
        master.progress_status = 503;
        rounds.spawn("round", progress.tell(busy_round(), {std::nullopt, "a", {}}));
        co_await master.until([&] { return master.progress.size() == 2; });
    });
    BOOST_TEST(log.find("progress not told")->field("reason") == "the master answers 503");
}

BOOST_AUTO_TEST_CASE(a_round_too_many_is_told_of_once_another_one_is_over) {
    play([](FakeMaster& master, Progress& progress,
            async::TaskGroup& rounds) -> asio::awaitable<void> {
        auto const first = busy_round();
        rounds.spawn("round", progress.tell(first, {std::nullopt, "a", {}}));
        for (auto const* const name : {"b", "c", "d", "e"})
            rounds.spawn("round", progress.tell(busy_round(), {std::nullopt, name, {}}));
        auto const all_but_one = std::set<std::string>{"a", "b", "c", "d"};
        co_await master.until([&] { return master.progress.size() >= 2 * Progress::at_once; });
        BOOST_TEST((told(master) == all_but_one));
        first->is_over = true;
        co_await master.until([&] { return told(master).contains("e"); });
    });
}

BOOST_AUTO_TEST_SUITE_END()
