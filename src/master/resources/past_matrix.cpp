#include "resources/past_matrix.hpp"

#include "api/answers.hpp"
#include "api/counted.hpp"
#include "ingest/latest_rounds.hpp"

#include <dtrace/async/deadline.hpp>
#include <dtrace/async/offload.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace dtrace::master {

namespace asio = boost::asio;

namespace {

constexpr std::uint32_t rounds_a_page = 200;
constexpr std::size_t most_rounds = 20'000;  ///< some seconds of work
constexpr std::size_t matrices_at_a_time = 2;
constexpr auto longest_in_matrix = std::chrono::days(2);
constexpr auto between_forgetting = std::chrono::minutes(10);

/// Rounds that began longer before are over, and their probe was silent.
seconds window_of(AssignmentBoard const& board) {
    std::int64_t longest = 0;
    for (auto const& measurement : board.measurements())
        longest = std::max<std::int64_t>(longest, measurement.interval_s);
    return std::clamp<seconds>(seconds(3 * longest), std::chrono::minutes(10),
                               std::chrono::days(1));
}

struct PastRounds {
    std::vector<RoundSeen> newest_first;
    bool truncated = false;
    std::uint64_t unreadable = 0;  ///< traces left out
};

void replay(std::vector<RoundSeen>& newest_first, LatestRounds& into) {
    for (auto round = newest_first.rbegin(); round != newest_first.rend(); ++round) {
        auto const started = round->started_at;  // when it came, nobody knows any more
        into.take(std::move(*round), started);
    }
}

Matrix matrix_of(PastRounds past) {
    LatestRounds rounds;
    replay(past.newest_first, rounds);
    return {.cells = rounds.cells(),
            .truncated = past.truncated,
            .unreadable = unless_none(past.unreadable)};
}

asio::awaitable<Result<PastRounds>> past_rounds(Api& api, PastQuery query) {
    if (api.matrices_under_way >= matrices_at_a_time)
        co_return make_error(boost::system::errc::resource_unavailable_try_again,
                             "too much is asked at once");
    Counted const counted(api.matrices_under_way);
    store::TraceQuery wanted;
    wanted.probe = std::move(query.probe);
    wanted.measurement = query.measurement;
    wanted.from = query.at - window_of(api.board);
    wanted.to = query.at + microseconds(1);
    wanted.limit = rounds_a_page;
    PastRounds past;
    auto& rounds = past.newest_first;
    do {
        auto page = co_await api.store.traces().find(wanted);
        if (!page) co_return page.error();
        auto const added = co_await async::offload(api.workers, [&] {
            for (auto const& trace : page->traces)
                if (auto seen = seen_in(trace)) rounds.push_back(*std::move(seen));
        });
        if (!added) co_return added.error();
        past.unreadable += page->unreadable.count;
        wanted.cursor = std::move(page->next);
    } while (!wanted.cursor.empty() && rounds.size() + past.unreadable < most_rounds);
    past.truncated = !wanted.cursor.empty();
    co_return past;
}

}  // namespace

asio::awaitable<Result<Matrix>> past_matrix(Api& api, PastQuery query) {
    auto past = co_await past_rounds(api, std::move(query));
    if (!past) co_return past.error();
    co_return co_await async::offload(api.workers, [&] { return matrix_of(std::move(*past)); });
}

asio::awaitable<void> restore_latest(Api& api) {
    auto const now = wall_clock_now();
    PastQuery all{.at = now, .probe = {}, .measurement = {}};
    auto past = co_await past_rounds(api, std::move(all));
    if (!past) {
        api.log.warn("the matrix begins empty", {{"reason", past.error().message}});
        co_return;
    }
    replay(past->newest_first, api.latest);
    api.latest.leave_out(past->unreadable, now);
}

asio::awaitable<void> keep_latest(Api& api) {
    co_await restore_latest(api);
    for (;;) {
        bool const slept = co_await async::sleep_for(between_forgetting);
        if (!slept) co_return;
        api.latest.forget(wall_clock_now() - longest_in_matrix);
    }
}

}  // namespace dtrace::master
