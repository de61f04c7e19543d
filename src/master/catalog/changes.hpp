#pragma once

#include "api/access.hpp"

#include <dtrace/async/wakeup.hpp>
#include <dtrace/core/log.hpp>
#include <dtrace/model/trace.hpp>
#include <dtrace/store/registry.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace dtrace::master {

/// Lets changes over the API happen one after the other: what a handler has checked still holds
/// when it has written. Each is in the registry, with its line in the audit log, before it counts.
class Changes {
  public:
    static constexpr std::size_t most_waiting = 256;

    Changes(boost::asio::any_io_executor executor, store::Registry& registry, Logger& log)
        : turn_free_(executor), registry_(registry), log_(log) {}

    /// The right to change something, until it goes out of scope.
    class Turn {
      public:
        explicit Turn(Changes& changes) : changes_(&changes) {}
        Turn(Turn&& other) noexcept : changes_(std::exchange(other.changes_, nullptr)) {}
        Turn& operator=(Turn&&) = delete;
        ~Turn() {
            if (changes_) changes_->leave();
        }

      private:
        Changes* changes_;
    };

    /// Waits for the turn; none when too many wait or the caller was cancelled. From then on only
    /// `terminal` cancels the caller: what has begun is brought to its end.
    [[nodiscard]] boost::asio::awaitable<std::optional<Turn>> enter();
    /// How many wait for their turn.
    [[nodiscard]] std::size_t waiting() const { return turn_free_.waiters(); }

    /// Within a turn. None: it is done, durably; else what to answer.
    [[nodiscard]] boost::asio::awaitable<std::optional<http::Response>> commit(
        std::vector<store::RegistryChange> changes, std::vector<AuditEntry> audit);

  private:
    void leave();

    async::Wakeup turn_free_;
    store::Registry& registry_;
    Logger& log_;
    bool taken_ = false;
};

/// Traces of it are welcome, and found by its name, from the next start on too.
[[nodiscard]] store::RegistryChange kept_as_former(MeasurementName const& former);

/// A line for the audit log.
[[nodiscard]] AuditEntry audit_entry(Caller const& caller, std::string action, std::string subject);

/// Too many changes at once.
[[nodiscard]] http::Response too_many_changes();

}  // namespace dtrace::master
