#include "entries/sqlite_events.hpp"
#include "sqlite/sqlite_database.hpp"
#include "store_fixture.hpp"

#include <dtrace/json/read.hpp>
#include <dtrace/store/event_store.hpp>

#include <boost/test/unit_test.hpp>

#include <sqlite3.h>

#include <string>
#include <vector>

using namespace dtrace;
using namespace dtrace::test;

namespace {

Timestamp const start(seconds(1'790'000'000));

Event event(int second, EventKind kind = EventKind::path_changed, std::string probe = "n1") {
    Event made;
    made.at = start + seconds(second);
    made.id = make_uuid_v7(made.at);
    made.kind = kind;
    made.summary = "something changed";
    made.probes = {std::move(probe), "n2"};
    made.measurement = MeasurementName{make_uuid_from_name("m"), "m"};
    made.subject.link = EventLink{"10.0.0.1", "10.0.0.2"};
    made.after = EventState{.rtt_us = EstimateRange{1, 0.5, 2}};
    return made;
}

struct EventsFixture : StoreFixture {
    store::EventStore& events() {
        if (!store) open();
        return store->events();
    }
    void keep(std::vector<Event> given, std::vector<store::KeptCulprit> culprits = {}) {
        auto const kept = value_of(events().keep(std::move(given), std::move(culprits)));
        BOOST_REQUIRE_MESSAGE(kept, kept.error().message);
    }
    std::vector<Event> find(store::EventQuery query) {
        std::vector<Event> all;
        do {
            auto page = value_of(events().find(query));
            BOOST_REQUIRE_MESSAGE(page, page.error().message);
            BOOST_REQUIRE_LE(page->events.size(), query.limit);
            std::ranges::move(page->events, std::back_inserter(all));
            query.cursor = page->next;
        } while (!query.cursor.empty());
        return all;
    }
};

store::KeptCulprit culprit(int first, int last, bool open) {
    return {.id = make_uuid_v7(start + seconds(first)),
            .first_seen = start + seconds(first),
            .last_seen = start + seconds(last),
            .open = open,
            .content = "{}"};
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(events, EventsFixture)

BOOST_AUTO_TEST_CASE(they_come_back_as_they_were_newest_first_page_by_page) {
    std::vector<Event> given;
    for (int i = 0; i < 25; ++i)
        given.push_back(event(i / 2));
    keep(given);
    keep({given[3]});  // again
    auto const found = find({.limit = 4});
    BOOST_REQUIRE(found.size() == 25U);
    for (std::size_t i = 1; i < found.size(); ++i)
        BOOST_TEST(
            (std::tie(found[i - 1].at, found[i - 1].id) > std::tie(found[i].at, found[i].id)));
    BOOST_TEST((found.front() == given.back()));
}

BOOST_AUTO_TEST_CASE(a_query_narrows_by_each_member) {
    auto const other = [] {
        auto made = event(5, EventKind::loop_began, "n3");
        made.measurement.reset();
        return made;
    }();
    keep({event(1), event(2), other, event(9)});
    BOOST_TEST(find({.kind = EventKind::loop_began}).size() == 1U);
    BOOST_TEST(find({.measurement = make_uuid_from_name("m")}).size() == 3U);
    BOOST_TEST(find({.probe = "n3"}).size() == 1U);
    BOOST_TEST(find({.probe = "n2"}).size() == 4U);
    BOOST_TEST(find({.probe = "n"}).empty());
    BOOST_TEST(find({.from = start + seconds(2), .to = start + seconds(9)}).size() == 2U);
}

BOOST_AUTO_TEST_CASE(one_is_found_by_its_id) {
    auto const wanted = event(2);
    keep({event(1), wanted, event(2)});
    BOOST_TEST((value_of(events().event(wanted.id))->value() == wanted));
    BOOST_TEST(!value_of(events().event(make_uuid_from_name("none")))->has_value());
}

BOOST_AUTO_TEST_CASE(a_cursor_of_somebody_else_is_refused) {
    for (auto const* cursor : {"x", "1.", "1.x", "..", "99999999999999999999.0"}) {
        auto const page = value_of(events().find({.cursor = cursor}));
        BOOST_TEST((page.error().code == boost::system::errc::invalid_argument), cursor);
    }
}

BOOST_AUTO_TEST_CASE(a_culprit_is_replaced_and_found_by_when_it_was_seen) {
    auto one = culprit(0, 10, true);
    auto const two = culprit(20, 30, false);
    keep({}, {one, two});
    one.last_seen += seconds(5);
    one.content = R"({"more":1})";
    keep({}, {one});
    BOOST_TEST((value_of(events().culprit(one.id))->value() == one));
    BOOST_TEST(!value_of(events().culprit(make_uuid_from_name("none")))->has_value());
    auto const seen = [&](int from, int to) {
        return value_of(events().culprits(start + seconds(from), start + seconds(to), 10))->size();
    };
    BOOST_TEST(seen(0, 100) == 2U);
    BOOST_TEST(seen(16, 20) == 0U);
    BOOST_TEST(seen(15, 20) == 1U);
    BOOST_TEST(seen(16, 21) == 1U);
    BOOST_TEST((*value_of(events().open_culprits()) == std::vector{one}));
}

BOOST_AUTO_TEST_CASE(what_is_old_or_too_much_is_forgotten_but_not_what_is_open) {
    keep({event(1), event(2), event(50), event(51), event(52)},
         {culprit(0, 1, true), culprit(0, 2, false), culprit(50, 51, false)});
    BOOST_TEST(value_of(events().forget(start + seconds(10), 2)).has_value());
    BOOST_TEST(find({}).size() == 2U);
    BOOST_TEST(value_of(events().culprits({}, {}, 10))->size() == 2U);
}

BOOST_AUTO_TEST_CASE(they_are_numbered_as_they_were_kept_whatever_their_time) {
    keep({event(50), event(1)});
    keep({event(20)});
    auto const all = value_of(events().after(0, 10)).value();
    BOOST_TEST(all.newest == 3U);
    BOOST_REQUIRE(all.events.size() == 3U);
    for (std::size_t i = 0; i < 3; ++i)
        BOOST_TEST(all.events[i].number == i + 1);
    auto const at = [&](std::size_t i) {
        return json::read<Event>(all.events[i].content, json::UnknownKeys::refuse)->at - start;
    };
    BOOST_TEST((at(0) == seconds(50) && at(1) == seconds(1) && at(2) == seconds(20)));
    BOOST_TEST(value_of(events().after(1, 1))->events.front().number == 2U);
    BOOST_TEST(value_of(events().after(3, 10))->events.empty());
}

BOOST_AUTO_TEST_CASE(what_is_known_gets_no_second_number) {
    auto const known = event(1);
    keep({known});
    keep({event(2), known, event(3)});
    BOOST_TEST(value_of(events().after(0, 10))->events.size() == 3U);
}

BOOST_AUTO_TEST_CASE(numbers_of_what_is_forgotten_are_never_given_again) {
    keep({event(1), event(2), event(60)});
    BOOST_TEST(value_of(events().forget(start + seconds(10), 10)).has_value());
    BOOST_TEST(value_of(events().after(0, 10))->events.front().number == 3U);
    BOOST_TEST(value_of(events().forget(start + seconds(100), 10)).has_value());
    store.reset();
    keep({event(101)});
    auto const left = value_of(events().after(0, 10)).value();
    BOOST_REQUIRE(left.events.size() == 1U);
    BOOST_TEST(left.events.front().number == 4U);
    BOOST_TEST(left.newest == 4U);
}

BOOST_AUTO_TEST_CASE(positions_of_alerts_outlast_a_restart) {
    BOOST_TEST(value_of(events().alert_positions())->empty());
    BOOST_TEST(value_of(events().move_alerts({{"ops", 7}, {"chat", 0}})).has_value());
    BOOST_TEST(value_of(events().move_alerts({{"ops", 8}, {"chat", {}}})).has_value());
    store.reset();
    auto const positions = value_of(events().alert_positions()).value();
    BOOST_TEST((positions == std::map<std::string, std::uint64_t>{{"ops", 8}}));
}

BOOST_AUTO_TEST_CASE(they_outlast_a_restart) {
    keep({event(1)}, {culprit(0, 1, true)});
    store.reset();
    BOOST_TEST(find({}).size() == 1U);
    BOOST_TEST(value_of(events().open_culprits())->size() == 1U);
}

BOOST_AUTO_TEST_CASE(one_that_cannot_be_read_hides_no_other) {
    keep({event(1), event(2), event(3)});
    store.reset();
    {
        auto const database = store::Database::open(file).value();
        database->execute(
            "UPDATE event SET content = '{' WHERE at ="
            " (SELECT at FROM event ORDER BY at LIMIT 1 OFFSET 1)");
        BOOST_REQUIRE(!database->failed());
    }
    auto const page = value_of(events().find({})).value();
    BOOST_TEST(page.events.size() == 2U);
    BOOST_TEST(page.unreadable.count == 1U);
    BOOST_TEST(store->trouble().has_value());
    BOOST_TEST(find({.limit = 1}).size() == 2U);
}

BOOST_AUTO_TEST_CASE(one_that_cannot_be_read_ends_no_page) {
    keep({event(1), event(2), event(3), event(4), event(5)});
    store.reset();
    for (auto const* damage : {"UPDATE event SET content = '{' WHERE at ="
                               " (SELECT at FROM event ORDER BY at DESC LIMIT 1 OFFSET 1)",
                               "UPDATE event SET content = ''"}) {
        auto const database = store::Database::open(file).value();
        database->execute(damage);
        BOOST_REQUIRE(!database->failed());
        std::size_t pages = 0;
        std::size_t rows = 0;
        store::EventQuery query{.limit = 2};
        do {
            auto const page = value_of(events().find(query)).value();
            BOOST_TEST(page.events.size() + page.unreadable.count <= 2U);
            rows += page.events.size() + page.unreadable.count;
            query.cursor = page.next;
            ++pages;
        } while (!query.cursor.empty());
        BOOST_TEST(pages == 3U);
        BOOST_TEST(rows == 5U);
    }
}

BOOST_AUTO_TEST_CASE(a_question_reads_what_it_asks_for_and_no_more) {
    keep({event(1)});
    store.reset();
    sqlite3* handle = nullptr;
    BOOST_REQUIRE(sqlite3_open(file.c_str(), &handle) == SQLITE_OK);
    auto const plan = [&](std::string const& sql) {
        std::string text;
        auto const add = [](void* out, int, char** columns, char**) {
            static_cast<std::string*>(out)->append(columns[3]).append("; ");
            return 0;
        };
        auto const explained = "EXPLAIN QUERY PLAN " + sql;
        BOOST_TEST(sqlite3_exec(handle, explained.c_str(), add, &text, nullptr) == SQLITE_OK);
        return text;
    };
    auto const of = [&](store::EventQuery const& query) {
        return plan(store::events_statement(query));
    };
    BOOST_TEST(of({}).starts_with("SEARCH event USING PRIMARY KEY (at>? AND "), of({}));
    BOOST_TEST(of({.kind = EventKind::loop_began})
                   .starts_with("SEARCH event USING INDEX event_of_kind (kind=? AND "));
    BOOST_TEST(
        of({.measurement = make_uuid_from_name("m")})
            .starts_with("SEARCH event USING INDEX event_of_measurement (measurement=? AND"));
    for (auto const& query : std::vector<store::EventQuery>{{}, {.kind = EventKind::loop_began}})
        BOOST_TEST(of(query).find("TEMP B-TREE") == std::string::npos);
    BOOST_TEST(
        plan("SELECT content FROM culprit WHERE open = 1 ORDER BY id").find("culprit_open") !=
        std::string::npos);
    BOOST_TEST(plan(store::event_statement).starts_with("SEARCH event USING INDEX event_of_id ("));
    sqlite3_close(handle);
}

BOOST_AUTO_TEST_SUITE_END()
