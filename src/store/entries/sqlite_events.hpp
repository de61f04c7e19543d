#pragma once

#include "sqlite/sqlite_access.hpp"

#include <dtrace/store/event_store.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dtrace::store {

/// Parameters: before (at, id), from, kind, measurement, "\nprobe\n", limit.
[[nodiscard]] std::string events_statement(EventQuery const& query);

/// Parameter: id.
inline constexpr char const* event_statement = "SELECT content FROM event WHERE id = ?";

class SqliteEvents final : public EventStore, Access {
  public:
    using Access::Access;

    boost::asio::awaitable<Result<void>> keep(std::vector<Event> events,
                                              std::vector<KeptCulprit> culprits) override;
    boost::asio::awaitable<Result<EventPage>> find(EventQuery query) override;
    boost::asio::awaitable<Result<std::optional<Event>>> event(Uuid id) override;
    boost::asio::awaitable<Result<std::vector<KeptCulprit>>> culprits(std::optional<Timestamp> from,
                                                                      std::optional<Timestamp> to,
                                                                      std::uint32_t limit) override;
    boost::asio::awaitable<Result<std::optional<KeptCulprit>>> culprit(Uuid id) override;
    boost::asio::awaitable<Result<std::vector<KeptCulprit>>> open_culprits() override;
    boost::asio::awaitable<Result<EventRun>> after(std::uint64_t number,
                                                   std::uint32_t limit) override;
    boost::asio::awaitable<Result<std::map<std::string, std::uint64_t>>> alert_positions() override;
    boost::asio::awaitable<Result<void>> move_alerts(std::vector<AlertPosition> positions) override;
    boost::asio::awaitable<Result<void>> forget(Timestamp time, std::uint64_t most) override;
};

}  // namespace dtrace::store
