#include "catalog/changes.hpp"

#include "api/answers.hpp"

#include <dtrace/json/write.hpp>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include <utility>

namespace dtrace::master {

namespace asio = boost::asio;

asio::awaitable<std::optional<Changes::Turn>> Changes::enter() {
    if (waiting() >= most_waiting) co_return std::nullopt;
    while (taken_) {
        auto const seen = turn_free_.version();
        bool const woken = co_await turn_free_.wait(seen);
        if (!woken) co_return std::nullopt;
    }
    taken_ = true;
    Turn turn(*this);
    co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
    co_return std::move(turn);
}

void Changes::leave() {
    taken_ = false;
    turn_free_.notify_one();
}

asio::awaitable<std::optional<http::Response>> Changes::commit(
    std::vector<store::RegistryChange> changes, std::vector<AuditEntry> audit) {
    std::string const what = audit.empty() ? "" : audit.front().action;
    auto const done = co_await registry_.change(std::move(changes), std::move(audit));
    if (done) co_return std::nullopt;
    log_.error("change not stored", {{"change", what}, {"reason", done.error().message}});
    co_return store_failed(done.error());
}

store::RegistryChange kept_as_former(MeasurementName const& former) {
    return {store::EntryKind::former_measurement, std::string(to_text(former.id)),
            json::write(former)};
}

AuditEntry audit_entry(Caller const& caller, std::string action, std::string subject) {
    AuditEntry entry{.at = wall_clock_now(),
                     .user = caller.user,
                     .token = std::nullopt,
                     .address = caller.address,
                     .action = std::move(action),
                     .subject = std::move(subject)};
    if (!caller.token.empty()) entry.token = caller.token;
    return entry;
}

http::Response too_many_changes() {
    return try_later(503, "Too many changes at once", "try again", seconds(1));
}

}  // namespace dtrace::master
