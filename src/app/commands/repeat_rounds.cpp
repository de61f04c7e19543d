#include "commands/repeat_rounds.hpp"

#include "commands/commands.hpp"
#include "terminal/live_screen.hpp"
#include "terminal/standard_output.hpp"

#include <dtrace/async/task_group.hpp>
#include <dtrace/async/wakeup.hpp>
#include <dtrace/formats/hop_report.hpp>
#include <dtrace/json/write.hpp>
#include <dtrace/probe/name_hops.hpp>

#include <boost/asio/this_coro.hpp>

#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace dtrace::app {

namespace asio = boost::asio;

namespace {

constexpr std::string_view keys_help = "q quit   p pause   r restart the counts\n";

/// What the user at the terminal wants.
struct Wishes {
    explicit Wishes(asio::any_io_executor executor) : changed(std::move(executor)) {}

    async::Wakeup changed;
    bool quit = false;
    bool paused = false;
    bool restart = false;
};

asio::awaitable<void> hear_keys(LiveScreen& screen, Wishes& wishes) {
    for (;;) {
        auto const key = co_await screen.key();
        if (!key) co_return;
        if (*key == 'q') wishes.quit = true;
        if (*key == 'p') wishes.paused = !wishes.paused;
        if (*key == 'r') wishes.restart = true;
        wishes.changed.notify_all();
    }
}

/// The rounds so far, and what is known of who answered.
class Summary {
  public:
    Summary(TraceOptions const& options, wire::Resolver& resolver,
            address_info::AddressBook const& addresses, Logger& log)
        : options_(options), resolver_(resolver), addresses_(addresses), log_(log) {}

    void add(Trace const& trace, TimePoint now) {
        if (report_.rounds + report_.left_out == 0) {
            begin_ = now - microseconds(trace.took_us);
            report_.begin(trace);
        }
        if (trace.packets.receiver_dropped > 0) {
            ++report_.left_out;
        } else {
            ++report_.rounds;
            table_.add(trace);
            report_.hops = table_.hops();
            tell_names();
        }
        report_.took_us =
            static_cast<std::uint64_t>(std::chrono::floor<microseconds>(now - begin_).count());
    }

    void restart() {
        table_ = {};
        auto target = std::move(report_.target);
        report_ = {};
        report_.target = std::move(target);
    }

    /// Asks for the names of those who answered for the first time.
    asio::awaitable<void> name_newcomers() {
        if (!options_.names) co_return;
        Trace asked;
        asked.paths.emplace_back();
        auto& hop = asked.paths.front().hops.emplace_back();
        for (auto const& each : report_.hops)
            for (auto const& responder : each.responders)
                if (names_.try_emplace(responder.from).second)
                    hop.answers.push_back({.from = responder.from, .name = {}});
        if (hop.answers.empty()) co_return;
        auto named = co_await probe::name_hops(std::move(asked), resolver_, naming_limit, log_);
        for (auto& answer : named.paths.front().hops.front().answers)
            names_[answer.from] = std::move(answer.name);
        tell_names();
    }

    [[nodiscard]] std::string page(bool paused, std::string const& failure) const {
        auto text = as_text() + '\n';
        if (!failure.empty()) text += "last round: " + failure + '\n';
        if (paused) text += "paused   ";
        return text.append(keys_help);
    }

    [[nodiscard]] std::string result() const {
        if (options_.json) return json::write(report_) + '\n';
        return options_.format == OutputFormat::csv ? formats::to_hop_report_csv(report_)
                                                    : as_text();
    }

  private:
    [[nodiscard]] std::string as_text() const {
        auto const terminal = terminal_size();
        return formats::to_hop_report_text(
            report_, terminal ? std::optional(terminal->columns) : std::nullopt);
    }

    void tell_names() {
        for (auto& hop : report_.hops)
            for (auto& responder : hop.responders) {
                responder.asn = addresses_.lookup(responder.from).asn;
                if (auto const name = names_.find(responder.from); name != names_.end())
                    responder.name = name->second;
            }
    }

    TraceOptions const& options_;
    wire::Resolver& resolver_;
    address_info::AddressBook const& addresses_;
    Logger& log_;
    TimePoint begin_{};
    analysis::HopTable table_;
    formats::HopReport report_;
    std::map<IpAddress, std::optional<std::string>> names_;  ///< none: asked for, has none
};

/// Until the next round is due, drawing what the keys change.
asio::awaitable<void> wait_for_round(TimePoint due, Wishes& wishes, LiveScreen* screen,
                                     Summary& summary, std::string const& failure) {
    auto const state = co_await asio::this_coro::cancellation_state;
    while (state.cancelled() == asio::cancellation_type::none && !wishes.quit) {
        if (std::exchange(wishes.restart, false)) summary.restart();
        if (screen) screen->draw(summary.page(wishes.paused, failure));
        TimePoint const until = wishes.paused ? TimePoint::max() : due;
        if (until <= Clock::now()) co_return;
        bool const pressed = co_await wishes.changed.wait(until);
        if (!pressed && !wishes.paused) co_return;
    }
}

}  // namespace

asio::awaitable<int> repeat_rounds(TraceOptions const& options, probe::RoundRunner& rounds,
                                   wire::Resolver& resolver,
                                   address_info::AddressBook const& addresses, Logger& log) {
    co_await asio::this_coro::throw_if_cancelled(false);
    auto const state = co_await asio::this_coro::cancellation_state;
    auto const executor = co_await asio::this_coro::executor;
    std::unique_ptr<LiveScreen> screen;
    if (options.repeat.live) {
        auto opened = LiveScreen::open(executor);
        if (!opened) {
            std::fprintf(stderr, "dtrace-node trace: %s\n", opened.error().message.c_str());
            co_return 2;
        }
        screen = *std::move(opened);
    }
    Wishes wishes(executor);
    async::TaskGroup keyboard(executor, log);
    if (screen) keyboard.spawn("keys", hear_keys(*screen, wishes));

    Summary summary(options, resolver, addresses, log);
    auto const limit = options.repeat.limit();
    std::string failure;
    bool ever_measured = false;
    for (std::uint32_t done = 0; !limit || done < *limit; ++done) {
        TimePoint const next = Clock::now() + milliseconds(options.repeat.interval_ms);
        probe::TraceRequest request{options.hosts.front(), options.parameters, options.source};
        auto const trace = co_await rounds.trace(std::move(request));
        failure = trace.error.value_or("");
        bool const measured =
            trace.stop_reason != StopReason::error && trace.stop_reason != StopReason::cancelled;
        if (measured) summary.add(trace, Clock::now());
        ever_measured = ever_measured || measured;
        if (!ever_measured || state.cancelled() != asio::cancellation_type::none) break;
        co_await summary.name_newcomers();
        if (limit && done + 1 == *limit) break;
        co_await wait_for_round(next, wishes, screen.get(), summary, failure);
        if (wishes.quit || state.cancelled() != asio::cancellation_type::none) break;
    }
    keyboard.stop();
    co_await keyboard.join(Duration::zero());
    screen.reset();
    if (!failure.empty()) std::fprintf(stderr, "dtrace-node trace: %s\n", failure.c_str());
    if (!ever_measured) co_return 1;
    co_return write_out(summary.result()) ? 0 : 1;
}

}  // namespace dtrace::app
