#include "commands/commands.hpp"
#include "commands/open_tls.hpp"
#include "commands/secret_file.hpp"
#include "log/boost_log.hpp"
#include "process/notify.hpp"
#include "process/service_host.hpp"
#include "terminal/sketch.hpp"
#include "terminal/standard_output.hpp"

#include <dtrace/async/deadline.hpp>
#include <dtrace/core/counted.hpp>
#include <dtrace/formats/traceroute_text.hpp>
#include <dtrace/http/client.hpp>
#include <dtrace/json/read.hpp>
#include <dtrace/json/write.hpp>
#include <dtrace/model/trace.hpp>

#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/describe/class.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace dtrace::app {

namespace asio = boost::asio;

namespace {

constexpr int poll_s = 30;
/// With a master that does not answer, beyond the deadline.
constexpr Duration patience = seconds(10);
/// For an order that is given up to be taken back.
constexpr Duration take_back_grace = seconds(3);

// The members below are JSON of the master's API, name by name (docs/api.md).

struct Order {
    bool once = true;
    std::string target;
    ProbingParameters parameters;
    std::vector<std::string> probes;
    std::vector<std::string> probe_tags;
    std::optional<std::uint32_t> count;
    std::uint32_t deadline_s = 60;
};
BOOST_DESCRIBE_STRUCT(Order, (), (once, target, parameters, probes, probe_tags, count, deadline_s))

struct RunProgress {
    std::uint64_t changes = 0;
    std::vector<Trace> traces;
};
BOOST_DESCRIBE_STRUCT(RunProgress, (), (changes, traces))

struct RunState {
    std::string state;
    std::vector<std::string> missing;
    std::vector<Trace> traces;
    std::optional<RunProgress> progress;      ///< absent: this master knows nothing of it
    std::optional<std::uint64_t> unreadable;  ///< traces that the master has and cannot read
};
BOOST_DESCRIBE_STRUCT(RunState, (), (state, missing, traces, progress, unreadable))

struct Measured {
    Uuid id;
    RunState once;
};
BOOST_DESCRIBE_STRUCT(Measured, (), (id, once))

struct Problem {
    std::string title;
    std::optional<std::string> detail;
    std::optional<std::string> path;
};
BOOST_DESCRIBE_STRUCT(Problem, (), (title, detail, path))

Error refusal(http::ClientResponse const& response) {
    auto const problem = json::read<Problem>(response.body, json::UnknownKeys::ignore);
    auto message = fmt::format("the master answers {}", response.status);
    if (problem) {
        message += ": " + problem->title;
        if (problem->path) message += ": " + *problem->path;
        if (problem->detail) message += ": " + *problem->detail;
    }
    return make_error(response.status == 503 ? boost::system::errc::resource_unavailable_try_again
                                             : boost::system::errc::operation_not_permitted,
                      std::move(message));
}

/// Trying again would change nothing.
bool is_final(Error const& error) {
    namespace errc = boost::system::errc;
    return error.code == errc::operation_not_permitted || error.code == errc::bad_message ||
           error.code == errc::operation_canceled;
}

std::string order_of(MeasureOptions const& options) {
    Order order;
    order.target = options.host;
    order.parameters = options.parameters;
    order.probes = options.from;
    order.probe_tags = options.tags;
    order.count = options.count;
    order.deadline_s = (options.deadline_ms + 999) / 1000;
    return json::write(order);
}

/// One measurement on demand, from the order to the last trace.
class Errand {
  public:
    Errand(asio::any_io_executor executor, MeasureOptions const& options, http::Url master,
           std::shared_ptr<http::TlsClient> tls, std::string token)
        : client_(std::move(executor), client_options(std::move(tls))),
          options_(options),
          master_(std::move(master)),
          token_(std::move(token)) {}

    /// Whether every probe has answered, and all of it could be printed.
    asio::awaitable<Result<bool>> run() {
        // A signal waits for the answer: an order without a place cannot be taken back.
        co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation(),
                                                           asio::enable_terminal_cancellation());
        auto measured = co_await send(http::Verb::post, "/api/v1/measurements", order_of(options_));
        if (!measured) co_return measured.error();
        place_ = "/api/v1/measurements/" + to_text(measured->id);
        auto const signals = co_await asio::this_coro::cancellation_state;
        if (signals.cancelled() != asio::cancellation_type::none)
            co_return make_error(boost::system::errc::operation_canceled, "cancelled");
        co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
        TimePoint const give_up = Clock::now() + milliseconds(options_.deadline_ms) + patience;
        while (measured->once.state == "running") {
            auto target = fmt::format("{}?wait={}&after={}", place_, poll_s,
                                      shown_.size() + measured->once.unreadable.value_or(0));
            if (sketch_.is_seen() && !options_.json && measured->once.progress)
                target += fmt::format("&progress={}", measured->once.progress->changes);
            auto news = co_await send(http::Verb::get, std::move(target), {});
            if (!news && (is_final(news.error()) || Clock::now() >= give_up))
                co_return news.error();
            if (!news) {  // the master restarts, say: it goes on with the order afterwards
                bool const slept = co_await async::sleep_for(seconds(1));
                if (!slept)
                    co_return make_error(boost::system::errc::operation_canceled, "cancelled");
                continue;
            }
            measured = std::move(news);
            for (auto const& trace : measured->once.traces)
                show(trace);
            sketch(measured->once);
        }
        auto const lost = measured->once.unreadable.value_or(0);
        if (lost > 0)
            fmt::print(stderr, "dtrace-node measure: the master cannot read {}: damaged\n",
                       counted(lost, "answer"));
        for (auto const& probe : measured->once.missing)
            fmt::print(stderr, "dtrace-node measure: no {}answer from {}\n",
                       lost > 0 ? "readable " : "", probe);
        co_return measured->once.missing.empty() && printed_;
    }

    /// Nobody waits for it any more: who has not begun it need not.
    asio::awaitable<void> take_back() {
        if (!place_.empty()) (void)co_await send(http::Verb::delete_, place_, {});
    }

    /// Before something else is printed.
    void end_sketch() { sketch_.clear(); }

  private:
    static http::ClientOptions client_options(std::shared_ptr<http::TlsClient> tls) {
        http::ClientOptions options;
        options.tls = std::move(tls);
        return options;
    }

    asio::awaitable<Result<Measured>> send(http::Verb verb, std::string target, std::string body) {
        http::ClientRequest request;
        request.verb = verb;
        request.url = master_.with_target(target);
        if (!token_.empty()) request.headers.set("Authorization", "Bearer " + token_);
        if (!body.empty()) request.headers.set("Content-Type", "application/json");
        request.body = std::move(body);
        request.timeout = seconds(2 * poll_s);
        auto const response = co_await client_.request(std::move(request));
        if (!response) co_return response.error();
        if (response->status != 200 && response->status != 202) co_return refusal(*response);
        auto measured = json::read<Measured>(response->body, json::UnknownKeys::ignore);
        if (!measured)
            co_return make_error(boost::system::errc::bad_message,
                                 "the master's answer: " + measured.error().text());
        co_return std::move(measured).value();
    }

    void show(Trace const& trace) {
        if (std::ranges::find(shown_, trace.id) != shown_.end()) return;
        auto const text = options_.json ? json::write(trace) + '\n' : text_of(trace);
        shown_.push_back(trace.id);
        sketch_.clear();
        printed_ = write_out(text) && printed_;
    }

    [[nodiscard]] std::string text_of(Trace const& trace) const {
        return fmt::format(
            "{}{}: {}", shown_.empty() ? "" : "\n", trace.probe,
            formats::to_traceroute_text(trace, {.names = options_.names,
                                                .max_hops = options_.parameters.max_hops,
                                                .bytes = std::nullopt}));
    }

    /// On a terminal, the progress of those that are waited for.
    void sketch(RunState const& run) {
        if (options_.json || !run.progress) return;
        std::string text;
        for (auto const& trace : run.progress->traces)
            text += text_of(trace) + " ...\n";
        sketch_.draw(text);
    }

    http::Client client_;
    Sketch sketch_;
    MeasureOptions const& options_;
    http::Url master_;
    std::string token_;
    std::string place_;  ///< of the order, once it is given
    std::vector<Uuid> shown_;
    bool printed_ = true;
};

asio::awaitable<void> run_errand(Errand& errand, ServiceHost& host) {
    co_await asio::this_coro::throw_if_cancelled(false);
    auto const complete = co_await errand.run();
    errand.end_sketch();
    if (!complete) fmt::print(stderr, "dtrace-node measure: {}\n", complete.error().message);
    if (!complete && complete.error().code == boost::system::errc::operation_canceled) {
        co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
        co_await errand.take_back();
    }
    host.conclude(complete && *complete ? 0 : 1);
}

}  // namespace

Result<int> run_command(MeasureOptions const& options, Environment const&) {
    auto log = BoostLog::open(options.log);
    if (!log) return log.error();
    auto url = http::parse_master_url(options.master, options.master_port);
    if (!url) return within("--master", url.error());
    auto token = options.token;
    if (!options.token_file.empty()) {
        auto line = read_secret_file(options.token_file, **log);
        if (!line) return within("--token-file", line.error());
        token = *std::move(line);
    }
    asio::io_context io(1);
    auto tls = open_tls(options);
    if (!tls) return tls.error();
    Errand errand(io.get_executor(), options, *std::move(url), *std::move(tls), std::move(token));
    Notifier const nobody({});
    ServiceHost host(io, **log, nobody);
    return host.run([&]() -> asio::awaitable<Result<void>> {
        host.add("measure", run_errand(errand, host), take_back_grace);
        co_return Result<void>();
    });
}

}  // namespace dtrace::app
