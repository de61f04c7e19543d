#include "alerts/alert_sender.hpp"

#include "alerts/alert_filter.hpp"
#include "alerts/signature.hpp"

#include <dtrace/async/use_result.hpp>
#include <dtrace/json/read.hpp>
#include <dtrace/json/write.hpp>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <sodium.h>

#include <algorithm>
#include <utility>

namespace dtrace::master {

namespace asio = boost::asio;

namespace {

constexpr std::uint32_t events_at_once = 1000;
constexpr std::uint32_t judged_in_a_row = 100;  ///< others get their turn after so many
constexpr Duration store_pause = seconds(5);
constexpr std::size_t largest_answer = 1024 * 1024;  ///< a larger one is none

double random_chance() {
    constexpr std::uint32_t steps = 1'000'000;
    return static_cast<double>(randombytes_uniform(steps)) / steps;
}

}  // namespace

AlertSender::AlertSender(asio::any_io_executor executor, Parts parts, Receiver receiver,
                         std::uint64_t position)
    : parts_(std::move(parts)),
      executor_(executor),
      changed_(std::move(executor)),
      position_(position),
      kept_position_(position) {
    take_receiver(std::move(receiver));
}

void AlertSender::take_receiver(Receiver receiver) {
    receiver_ = std::move(receiver);
    one_by_one_ = 0;
    client_ = std::make_shared<http::Client>(
        executor_, http::ClientOptions{.connect_timeout = receiver_.timeout,
                                       .request_timeout = receiver_.timeout,
                                       .max_response_bytes = largest_answer,
                                       .tls = receiver_.tls});
    status_.name = receiver_.name;
    status_.to = receiver_.url.origin();
}

void AlertSender::change(Receiver receiver) {
    take_receiver(std::move(receiver));
    wake();
}

void AlertSender::stop() {
    stopping_ = true;
    wake();
}

asio::awaitable<void> AlertSender::run() {
    co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
    while (!stopping_) {
        auto const seen = changed_.version();
        auto const run = co_await parts_.events.after(position_, events_at_once);
        if (!run) {
            co_await pause(store_pause, receiver_.stamp);
            continue;
        }
        if (run->events.empty()) note_forgotten(run->newest + 1);
        Numbered left(run->events);
        while (!left.empty() && !stopping_) {
            note_forgotten(left.front().number);
            status_.waiting = run->newest - position_;
            auto const handled = co_await handle(left, seen);
            left = handled == 0 ? Numbered() : left.subspan(handled);
        }
        status_.waiting = run->newest - std::min(run->newest, position_);
        if (!run->events.empty()) continue;
        co_await keep_position();
        if (!stopping_) co_await changed_.wait(seen);
    }
    co_await keep_position();
}

/// Numbers rise by one: what is missing before `next` has been forgotten, which takes 90 days or
/// 100,000 events.
void AlertSender::note_forgotten(std::uint64_t next) {
    if (next <= position_ + 1) return;
    auto const count = next - position_ - 1;
    status_.too_old += count;
    parts_.log.warn("events are gone before a receiver was told of them",
                    {{"receiver", receiver_.name}, {"count", count}});
    position_ = next - 1;
}

asio::awaitable<void> AlertSender::give_way() {
    if (++judged_ % judged_in_a_row == 0) co_await asio::post(executor_, async::as_result);
}

bool AlertSender::is_wanted(Event const& event) const {
    return wants(receiver_.filter, event, parts_.tags_of(event));
}

asio::awaitable<std::size_t> AlertSender::handle(Numbered events, std::uint64_t seen) {
    co_await give_way();
    auto const& numbered = events.front();
    auto event = json::read<Event>(numbered.content, json::UnknownKeys::ignore);
    if (!event) {
        ++status_.unreadable;
        parts_.log.error("an event cannot be read, receivers are told of those behind it",
                         {{"receiver", receiver_.name},
                          {"number", numbered.number},
                          {"reason", event.error().text()}});
        position_ = numbered.number;
        co_return 1;
    }
    auto const kind = event->kind;
    auto const stamp = receiver_.stamp;
    bool const wanted = is_wanted(*event);
    Group group;
    group.events.push_back(*std::move(event));
    if (wanted) co_await gather(events, group);
    if (receiver_.stamp != stamp) co_return 0;
    if (group.open && Clock::now() < group_due_[kind]) {
        co_await rest_until(group_due_[kind], seen);
        co_return 0;
    }
    auto const delivered_before = status_.delivered;
    bool const ended = co_await deliver(group);
    if (!ended) co_return 0;
    for (auto const& old : group.too_old)
        leave_out(status_.too_old, "too old", old);
    if (wanted && one_by_one_ > 0) --one_by_one_;
    position_ = events[group.count - 1].number;
    if (status_.delivered == delivered_before) co_return group.count;
    if (is_told_in_groups(kind)) group_due_[kind] = Clock::now() + parts_.between_groups;
    co_await keep_position();
    co_return group.count;
}

/// Past what the receiver does not want, up to what has to be told by itself.
asio::awaitable<void> AlertSender::gather(Numbered events, Group& group) {
    if (!is_told_in_groups(group.events.front().kind) || one_by_one_ > 0) co_return;
    for (std::size_t i = 1; i < events.size() && group.events.size() < most_together; ++i) {
        co_await give_way();
        auto next = json::read<Event>(events[i].content, json::UnknownKeys::ignore);
        if (!next || events[i].number != events[i - 1].number + 1) co_return;
        if (!is_wanted(*next)) continue;
        if (!are_told_together(group.events.front(), *next)) co_return;
        group.events.push_back(*std::move(next));
        group.count = i + 1;
    }
    group.open = group.events.size() < most_together;
}

void AlertSender::leave_out_unwanted(Group& group) {
    std::erase_if(group.events, [&](Event const& event) {
        if (!is_wanted(event)) return true;
        if (wall_clock_now() - noticed_at(event) <= receiver_.max_age) return false;
        group.too_old.push_back(event);
        return true;
    });
}

asio::awaitable<bool> AlertSender::deliver(Group& group) {
    std::uint32_t failures = 0;
    std::uint32_t refusals = 0;
    bool const several = group.events.size() > 1;
    while (!stopping_) {
        auto const stamp = receiver_.stamp;
        leave_out_unwanted(group);
        if (group.events.empty()) co_return true;
        auto message = co_await message_for(group.events);
        auto const outcome = co_await send(std::move(message));
        if (outcome.reception == Reception::taken) {
            note_delivery(group.events.size());
            co_return true;
        }
        note_failure(outcome);
        if (outcome.reception == Reception::refused && group.events.size() > 1) {
            one_by_one_ = group.events.size() + group.too_old.size();
            co_return false;
        }
        if (outcome.reception == Reception::refused && ++refusals == most_refusals) {
            leave_out(status_.refused, "refused by the receiver", group.events.front());
            co_return true;
        }
        auto const behind = co_await parts_.events.after(position_, 1);
        if (behind) status_.waiting = behind->newest - position_;
        co_await pause(wait_before_retry(++failures, random_chance(), outcome.retry_after), stamp);
        if (receiver_.stamp == stamp) continue;
        if (several) co_return false;  // it may want what it did not want between them
        failures = 0;
    }
    co_return false;
}

asio::awaitable<AlertMessage> AlertSender::message_for(std::vector<Event> const& together) {
    std::optional<CulpritRecord> culprit;
    if (auto const id = together.back().evidence.culprit) {
        auto const kept = co_await parts_.events.culprit(*id);
        if (kept && *kept)
            if (auto record =
                    json::read<CulpritRecord>((*kept)->content, json::UnknownKeys::ignore))
                culprit = *std::move(record);
    }
    co_return message_of(together, culprit ? &*culprit : nullptr, parts_.public_url);
}

asio::awaitable<AlertSender::Outcome> AlertSender::send(AlertMessage message) {
    auto const client = client_;  // which may be replaced meanwhile, and the address, too
    auto const to = receiver_.url.origin();
    http::ClientRequest request{.verb = http::Verb::post,
                                .url = receiver_.url,
                                .headers = {{"Content-Type", "application/json"}},
                                .body = json::write(message)};
    for (auto const& [name, value] : receiver_.headers)
        request.headers.set(name, value);
    if (!receiver_.secret.empty())
        request.headers.set("X-Dtrace-Signature",
                            "sha256=" + hmac_sha256(receiver_.secret, request.body));
    auto const response = co_await client->request(std::move(request));
    Outcome outcome;
    if (!response) {
        outcome.reason = response.error().message;
        co_return outcome;
    }
    outcome.status = response->status;
    outcome.reception = reception_of(response->status);
    if (outcome.reception == Reception::taken) co_return outcome;
    outcome.reason = to + " answered " + std::to_string(response->status);
    if (auto const wish = response->headers.find("Retry-After"))
        outcome.retry_after = read_retry_after(*wish);
    co_return outcome;
}

void AlertSender::note_delivery(std::size_t count) {
    if (!status_.ok) parts_.log.info("alerts are taken again", {{"receiver", receiver_.name}});
    status_.delivered += count;
    status_.ok = true;
    status_.fault.reset();
    status_.last_delivered_at = wall_clock_now();
    leaves_out_ = false;
}

void AlertSender::note_failure(Outcome const& outcome) {
    ++status_.failed;
    if (status_.ok)
        parts_.log.warn("an alert was not taken, it is sent again",
                        {{"receiver", receiver_.name}, {"reason", outcome.reason}});
    status_.ok = false;
    if (!status_.fault) status_.fault = AlertFault{.since = wall_clock_now(), .reason = {}};
    status_.fault->reason = outcome.reason;
}

void AlertSender::leave_out(std::uint64_t& count, std::string_view why, Event const& event) {
    ++count;
    if (!leaves_out_)
        parts_.log.warn("alerts are left out",
                        {{"receiver", receiver_.name}, {"why", why}, {"first", to_text(event.id)}});
    leaves_out_ = true;
}

asio::awaitable<void> AlertSender::pause(Duration duration, Uuid stamp) {
    auto const deadline = Clock::now() + duration;
    while (!stopping_ && receiver_.stamp == stamp && Clock::now() < deadline)
        co_await rest_until(deadline, changed_.version());
}

asio::awaitable<void> AlertSender::rest_until(TimePoint deadline, std::uint64_t seen) {
    status_.next_attempt_at =
        wall_clock_now() + std::chrono::duration_cast<microseconds>(deadline - Clock::now());
    co_await changed_.wait(seen, deadline);
    status_.next_attempt_at.reset();
}

/// What could not be committed is delivered once more after a restart. The store logs its trouble.
asio::awaitable<void> AlertSender::keep_position() {
    if (removed_ || kept_position_ == position_) co_return;
    auto const reached = position_;
    std::vector<store::AlertPosition> moved(1);
    moved.front().receiver = receiver_.name;
    moved.front().number = reached;
    auto const kept = co_await parts_.events.move_alerts(std::move(moved));
    if (kept) kept_position_ = reached;
}

}  // namespace dtrace::master
