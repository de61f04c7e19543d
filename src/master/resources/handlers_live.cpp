#include "resources/handlers_live.hpp"

#include "api/answers.hpp"
#include "api/query_parameters.hpp"

#include <dtrace/async/deadline.hpp>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include <memory>
#include <utility>

namespace dtrace::master {

namespace asio = boost::asio;

namespace {

/// A line that says nothing, so that both ends notice when the other has gone.
constexpr Duration longest_silence = seconds(15);

/// What comes within this time is sent together: a listener costs less than the traces it hears of.
constexpr Duration gather_items = milliseconds(50);

std::vector<LiveKind> read_kinds(QueryParameters& query) {
    std::vector<LiveKind> kinds;
    auto const text = query.text("kinds");
    if (!text) return kinds;
    std::string_view rest = *text;
    while (!rest.empty()) {
        auto const end = std::min(rest.find(','), rest.size());
        auto const kind = parse<LiveKind>(rest.substr(0, end));
        if (kind)
            kinds.push_back(*kind);
        else
            query.refuse("kinds", kind.error().message);
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return kinds;
}

/// What one listener is sent, as long as they may listen.
struct LiveStream {
    LiveStream(Api& master, http::Request request, LiveFilter filter, std::string_view last_id)
        : api(master),
          asked(std::move(request)),
          listener(master.live, std::move(filter), last_id) {}

    /// Their session may have ended since, their token been removed.
    [[nodiscard]] bool is_over() const {
        return !api.gate.admit(asked, Access::viewer, wall_clock_now());
    }

    Api& api;
    http::Request asked;  ///< without its body
    LiveFeed::Listener listener;
};

/// What comes next; a comment if nothing does, empty when cancelled or over.
asio::awaitable<std::string> next_piece(std::shared_ptr<LiveStream> stream) {
    auto& changed = stream->api.live.changed();
    auto const deadline = Clock::now() + longest_silence;
    for (;;) {
        auto const seen = changed.version();
        auto text = stream->listener.take();
        if (!text.empty()) co_return stream->is_over() ? std::string() : std::move(text);
        bool const news = co_await changed.wait(seen, deadline);
        if (news) {
            co_await async::sleep_for(gather_items);
            continue;
        }
        auto const state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none || stream->is_over())
            co_return std::string();
        co_return std::string(": nothing new\n\n");
    }
}

}  // namespace

asio::awaitable<http::Response> get_live(Api& api, http::Request const& request) {
    QueryParameters query(request.query, {"kinds", "probe", "measurement", "last_event_id"});
    LiveFilter filter{.kinds = read_kinds(query),
                      .probe = query.text("probe").value_or(""),
                      .measurement = query.text("measurement").value_or("")};
    if (!filter.measurement.empty() && !parse<Uuid>(filter.measurement)) {
        auto const found = api.board.find_measurement(filter.measurement);
        if (found)
            filter.measurement = to_text(*found);
        else
            query.refuse("measurement", "there is no measurement of this name");
    }
    if (query.fault()) co_return *query.fault();
    if (api.live.is_full())
        co_return try_later(503, "Too many listeners", "try again later", seconds(30));
    auto const last_id = std::string(request.headers.find("Last-Event-ID").value_or(""));
    auto asked = request;
    asked.body.clear();
    auto const stream = std::make_shared<LiveStream>(
        api, std::move(asked), std::move(filter),
        last_id.empty() ? query.text("last_event_id").value_or("") : last_id);
    http::Response response;
    response.headers.set("Content-Type", "text/event-stream");
    response.body = ": dtrace-node, live\nretry: 2000\n\n";
    response.more = [stream] { return next_piece(stream); };
    co_return response;
}

}  // namespace dtrace::master
