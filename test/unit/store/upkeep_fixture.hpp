#pragma once

#include "store_fixture.hpp"

#include <sqlite3.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace dtrace::test {

inline Timestamp at(char const* text) {
    return *parse<Timestamp>(text);
}

struct UpkeepFixture : StoreFixture {
    Uuid const measurement = make_uuid_from_name("m");

    /// A trace of one flow that got `answers` of three packets back from its target.
    Trace trace(Timestamp started, std::uint32_t answers = 3, std::uint32_t rtt_us = 1000,
                char const* router = "192.0.2.1") {
        auto const address = [](char const* text) { return boost::asio::ip::make_address(text); };
        Trace made;
        made.id = make_uuid_v7(started);
        made.probe = "n1";
        made.measurement = MeasurementName{measurement, "m"};
        made.target = {.host = "192.0.2.9", .address = address("192.0.2.9")};
        made.started_at = started;
        made.stop_reason = answers > 0 ? StopReason::completed : StopReason::gap_limit;
        Path path;
        path.source_port = Port{24'000};
        path.destination_port = Port{33'434};
        path.reached = answers > 0;
        Answer hop;
        hop.from = address(router);
        hop.rtt_us = 100;
        Answer end = hop;
        end.from = address("192.0.2.9");
        end.kind = ReplyKind::port_unreachable;
        end.rtt_us = rtt_us;
        path.hops = {{.ttl = 1, .sent = 3, .answers = {hop, hop, hop}},
                     {.ttl = 2, .sent = 3, .answers = std::vector<Answer>(answers, end)}};
        made.paths = {path};
        made.packets.sent = 6;
        made.packets.answered = 3 + answers;
        return made;
    }

    /// Does what no version of the program does with it.
    void change_file(char const* sql) {
        sqlite3* handle = nullptr;
        BOOST_REQUIRE(sqlite3_open(file.c_str(), &handle) == SQLITE_OK);
        BOOST_TEST(sqlite3_exec(handle, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
        sqlite3_close(handle);
    }

    store::UpkeepStep step(store::UpkeepRule rule, Timestamp now) {
        traces();
        auto done = value_of(store->upkeep(rule, now));
        BOOST_REQUIRE_MESSAGE(done, done.error().message);
        return *done;
    }
    /// Until there is nothing more to do.
    store::UpkeepStep all(store::UpkeepRule rule, Timestamp now) {
        store::UpkeepStep sum;
        for (;;) {
            auto const done = step(rule, now);
            sum.rolled_up += done.rolled_up;
            sum.removed += done.removed;
            sum.swept += done.swept;
            sum.days += done.days;
            sum.hours += done.hours;
            if (!done.more) return sum;
        }
    }
    std::vector<store::RollupAt> history(Timestamp from = at("2026-11-01T00:00:00Z"),
                                         Timestamp to = at("2026-12-01T00:00:00Z")) {
        store::HistoryQuery query{
            .probe = "n1", .measurement = measurement, .from = from, .to = to};
        auto found = value_of(traces().history(std::move(query)));
        BOOST_REQUIRE_MESSAGE(found, found.error().message);
        return std::move(found->rollups);
    }
    std::vector<store::RollupAt> by_days(Timestamp from, Timestamp to) {
        store::HistoryQuery query{.probe = "n1",
                                  .measurement = measurement,
                                  .from = from,
                                  .to = to,
                                  .days = true,
                                  .hops = true};
        auto found = value_of(traces().history(std::move(query)));
        BOOST_REQUIRE_MESSAGE(found, found.error().message);
        return std::move(found->rollups);
    }
    std::uint64_t count() { return value_of(traces().counts())->traces; }
};

}  // namespace dtrace::test
