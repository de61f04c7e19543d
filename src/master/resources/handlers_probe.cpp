#include "resources/handlers_probe.hpp"

#include "api/answers.hpp"
#include "api/query_parameters.hpp"
#include "api/route.hpp"
#include "ingest/check_trace.hpp"
#include "ingest/ingest.hpp"
#include "live/tell_live.hpp"

#include <dtrace/async/offload.hpp>
#include <dtrace/json/read.hpp>
#include <dtrace/json/write.hpp>

#include <optional>
#include <utility>

namespace dtrace::master {

namespace asio = boost::asio;

namespace {

constexpr std::uint64_t longest_wait_s = 60;
constexpr std::uint64_t largest_revision = (std::uint64_t{1} << 53) - 1;

ProbeActivity::Seen saw(Api& api, std::string const& probe, http::Request const& request) {
    if (api.definitions.saw(probe, request.peer)) api.board_changed.notify_all();
    return api.activity.saw(probe, {.address = request.peer,
                                    .user_agent = request.headers.find("User-Agent").value_or(""),
                                    .now = Clock::now(),
                                    .wall_clock = wall_clock_now()});
}

http::Response assignment_of(Api const& api, std::string const& probe) {
    auto assignment = *api.board.assignment(probe);
    // Nobody but this master knows the secret of a local probe.
    if (api.book.is_local(probe)) assignment.report_url.reset();
    return http::json_response(json::write(assignment));
}

/// A probe that has revision `after` and waits for another one.
struct LongPoll {
    std::string probe;
    std::optional<std::uint64_t> after;
    seconds wait{};
};
using LongPollOrAnswer = boost::system::result<LongPoll, http::Response>;

/// By itself, so that nothing of it is kept while ten thousand probes wait.
asio::awaitable<LongPollOrAnswer> begin_long_poll(Api& api, http::Request const& request) {
    auto login = co_await api.login.check(request);
    if (!login) co_return login.error();
    QueryParameters query(request.query, {"after", "wait"});
    LongPoll poll{.probe = std::move(*login),
                  .after = query.number("after", 0, largest_revision),
                  .wait = seconds(query.number("wait", 0, longest_wait_s).value_or(0))};
    if (query.fault()) co_return *query.fault();
    co_return poll;
}

http::Response nobody_waits() {
    return http::problem(404, "Nobody waits for this", "it is not, or no longer, ordered");
}

using ReadProgress = json::ReadResult<Trace>;

/// One trace, held to what is asked of those in reports.
ReadProgress read_progress(std::string_view body) {
    auto trace = json::read<Trace>(body, json::UnknownKeys::ignore);
    if (!trace) return trace;
    if (auto fault = find_fault(*trace, wall_clock_now())) return *std::move(fault);
    return trace;
}

asio::awaitable<Result<ReadProgress>> take_progress(Api& api, std::string_view body) {
    if (body.size() <= large_body) co_return read_progress(body);
    co_return co_await async::offload(api.workers, [body] { return read_progress(body); });
}

http::Response no_progress(json::Fault const& fault) {
    return http::problem(400, "Not a trace under way", fault.reason, fault.path);
}

}  // namespace

asio::awaitable<http::Response> get_assignment(Api& api, http::Request const& request) {
    auto const poll = co_await begin_long_poll(api, request);
    if (!poll) co_return poll.error();
    auto activity = saw(api, poll->probe, request);
    std::optional<ProbeActivity::Poll> polling;
    if (poll->wait > seconds(0)) {
        activity->wait = poll->wait;
        polling.emplace(std::move(activity));
    }
    auto const deadline = Clock::now() + poll->wait;
    for (;;) {
        auto const seen = api.board_changed.version();
        auto const assignment_revision = api.board.revision(poll->probe);
        if (assignment_revision == 0)
            co_return http::problem(401, "Log in as a probe", "this probe may no longer log in");
        if (assignment_revision != poll->after) co_return assignment_of(api, poll->probe);
        bool const changed = co_await api.board_changed.wait(seen, deadline);
        if (!changed) co_return http::Response{.status = 204, .headers = {}, .body = {}};
    }
}

asio::awaitable<http::Response> post_report(Api& api, http::Request const& request) {
    auto login = co_await api.login.check(request);
    if (!login) co_return login.error();
    QueryParameters const query(request.query, {});
    if (query.fault()) co_return *query.fault();

    auto const activity = saw(api, *login, request);
    auto taken = co_await api.ingest.take(std::move(*login), request.body);
    activity->traces += taken.accepted;
    if (taken.response.status == 200) activity->last_report = wall_clock_now();
    co_return std::move(taken.response);
}

asio::awaitable<http::Response> post_progress(Api& api, http::Request const& request) {
    auto login = co_await api.login.check(request);
    if (!login) co_return login.error();
    QueryParameters const query(request.query, {});
    if (query.fault()) co_return *query.fault();
    if (!api.board.owes_once(*login)) co_return nobody_waits();

    // A few bytes of gzip may have become any number.
    if (request.body.size() > usual_body_bytes)
        co_return http::problem(413, "Progress too large", "at most 1 MiB, once inflated");
    auto const read = co_await take_progress(api, request.body);
    if (!read) co_return try_later(503, "Too much to do", read.error().message, seconds(1));
    if (!*read) co_return no_progress(read->error());
    auto const& trace = **read;
    if (trace.probe != *login)
        co_return no_progress({"probe", "must be the name that you logged in with"});
    if (auto const kept = api.board.once_progressed(trace, request.body.size()); !kept) {
        if (kept.error().code == boost::system::errc::no_such_process) co_return nobody_waits();
        co_return try_later(503, "Too much progress", kept.error().message, seconds(1));
    }
    tell_progress(api.live, trace);
    co_return http::Response{.status = 204, .headers = {}, .body = {}};
}

}  // namespace dtrace::master
