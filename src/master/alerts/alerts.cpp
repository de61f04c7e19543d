#include "alerts/alerts.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <set>
#include <stdexcept>
#include <utility>

namespace dtrace::master {

namespace asio = boost::asio;

namespace {

/// The sender lives as long as its task, also when its receiver is gone.
asio::awaitable<void> run_sender(std::shared_ptr<AlertSender> sender) {
    co_await sender->run();
}

std::set<std::string> names_of(std::vector<Receiver> const& receivers) {
    std::set<std::string> names;
    for (auto const& receiver : receivers)
        names.insert(receiver.name);
    return names;
}

std::vector<double> loss_marks_of(std::vector<Receiver> const& receivers) {
    std::set<double> marks;
    for (auto const& receiver : receivers)
        if (receiver.filter.min_loss > 0) marks.insert(receiver.filter.min_loss);
    return {marks.begin(), marks.end()};
}

}  // namespace

Alerts::Alerts(asio::any_io_executor executor, Options options, Parts parts)
    : executor_(executor),
      options_(std::move(options)),
      parts_(std::move(parts)),
      wakeup_(executor),
      state_{.file = options_.file.string()},
      tasks_(executor, parts_.log) {}

std::vector<std::filesystem::path> Alerts::files() const {
    if (options_.file.empty()) return {};
    return {options_.file};
}

std::optional<ConfigFileState> Alerts::state() const {
    return options_.file.empty() ? std::nullopt : std::optional(state_);
}

std::vector<AlertReceiverStatus> Alerts::statuses() const {
    std::vector<AlertReceiverStatus> statuses;
    for (auto const& [name, sender] : senders_)
        statuses.push_back(sender->status());
    return statuses;
}

std::shared_ptr<AlertSender> Alerts::find(std::string const& receiver) const {
    auto const found = senders_.find(receiver);
    return found == senders_.end() ? nullptr : found->second;
}

void Alerts::look_again(bool report) {
    if (report) stamp_ = Uuid{};
    wakeup_.notify_all();
}

void Alerts::wake() {
    for (auto const& [name, sender] : senders_)
        sender->wake();
}

asio::awaitable<Result<void>> Alerts::load() {
    if (options_.file.empty()) co_return Result<void>();
    auto const looked = co_await look();
    if (!looked) co_return within("alerts", looked.error());
    if (state_.fault)
        co_return make_error(
            boost::system::errc::invalid_argument,
            state_.file + ": " + json::Fault{state_.fault->path, state_.fault->reason}.text());
    co_return Result<void>();
}

asio::awaitable<void> Alerts::run() {
    if (options_.file.empty()) co_return;
    co_await asio::this_coro::throw_if_cancelled(false);  // the senders have to be stopped
    running_ = true;
    for (auto const& [name, sender] : senders_)
        start(sender);
    auto const state = co_await asio::this_coro::cancellation_state;
    auto seen = wakeup_.version();
    while (state.cancelled() == asio::cancellation_type::none) {
        co_await wakeup_.wait(seen, Clock::now() + options_.look_every);
        if (state.cancelled() != asio::cancellation_type::none || tasks_.failed()) break;
        seen = wakeup_.version();
        auto const looked = co_await look();
        if (!looked && state.cancelled() == asio::cancellation_type::none)
            parts_.log.warn("the receivers of alerts could not be read anew",
                            {{"reason", looked.error().message}});
    }
    co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
    for (auto const& [name, sender] : senders_)
        sender->stop();
    co_await tasks_.join(options_.stop_grace);
    if (tasks_.failed()) throw std::runtime_error("a sender of alerts has failed");
}

void Alerts::start(std::shared_ptr<AlertSender> const& sender) {
    tasks_.spawn("alerts to " + sender->status().name, run_sender(sender));
}

asio::awaitable<Result<void>> Alerts::look() {
    Uuid const known = stamp_;
    auto found = co_await async::offload(parts_.workers,
                                         [&] { return look_at_receivers(options_.file, known); });
    if (!found) co_return found.error();
    if (found->stamp == known) co_return Result<void>();
    if (found->fault) {
        stamp_ = found->stamp;
        refuse({found->fault->path, found->fault->reason});
        co_return Result<void>();
    }
    auto const taken = co_await put_in_force(*std::move(found->receivers));
    if (taken) stamp_ = found->stamp;
    co_return taken;
}

void Alerts::refuse(ConfigFault fault) {
    parts_.log.error("configuration refused, what was in force stays",
                     {{"file", state_.file}, {"path", fault.path}, {"reason", fault.reason}});
    state_.state = ConfigState::refused;
    state_.fault = std::move(fault);
    state_.refused_at = wall_clock_now();
}

AlertSender::Parts Alerts::sender_parts() const {
    return {.events = parts_.events,
            .tags_of = parts_.tags_of,
            .public_url = options_.public_url,
            .between_groups = options_.between_groups,
            .log = parts_.log};
}

void Alerts::remove_senders_but(std::set<std::string> const& names) {
    std::erase_if(senders_, [&](auto const& entry) {
        if (names.contains(entry.first)) return false;
        entry.second->remove();
        return true;
    });
}

/// Whoever is new is told of what happens from now on. Only here receivers are forgotten, after
/// their senders were told to write no more: a name that comes back begins anew, undisturbed.
asio::awaitable<Result<void>> Alerts::put_in_force(std::vector<Receiver> receivers) {
    auto positions = co_await parts_.events.alert_positions();
    if (!positions) co_return positions.error();
    auto const last = co_await parts_.events.after(INT64_MAX, 1);
    if (!last) co_return last.error();
    auto const names = names_of(receivers);
    remove_senders_but(names);
    std::vector<store::AlertPosition> moved;
    for (auto const& [name, number] : *positions)
        if (!names.contains(name)) moved.push_back({name, {}});
    for (auto const& name : names)
        if (positions->emplace(name, last->newest).second) moved.push_back({name, last->newest});
    auto const kept = co_await parts_.events.move_alerts(std::move(moved));
    if (!kept) co_return kept.error();

    parts_.on_loss_marks(loss_marks_of(receivers));
    state_ = {.file = state_.file,
              .state = ConfigState::loaded,
              .entries = receivers.size(),
              .loaded_at = wall_clock_now()};
    for (auto& receiver : receivers) {
        auto const name = receiver.name;
        for (auto const& file : receiver.open_secrets)
            parts_.log.warn("a file with a secret can be read by others",
                            {{"file", file}, {"advice", "chmod 640"}});
        auto& sender = senders_[name];
        if (sender) {
            if (sender->stamp() != receiver.stamp) sender->change(std::move(receiver));
            continue;
        }
        sender = std::make_shared<AlertSender>(executor_, sender_parts(), std::move(receiver),
                                               positions->at(name));
        if (running_) start(sender);
    }
    parts_.log.info("configuration in force", {{"file", state_.file}, {"entries", names.size()}});
    co_return Result<void>();
}

}  // namespace dtrace::master
