// What every trace store promises: finding.

#include "odd_traces.hpp"
#include "records/row_key.hpp"
#include "store_fixture.hpp"

#include <sample_trace.hpp>

#include <algorithm>
#include <functional>
#include <random>
#include <set>

using namespace dtrace;
using store::TraceQuery;

namespace {

using test::noon;

MeasurementName measurement(int i) {
    return {make_uuid_from_name(std::to_string(i)), "m" + std::to_string(i)};
}

/// Three probes, three measurements and none, many traces at the same time, in no order.
struct FindFixture : test::StoreFixture {
    std::vector<Trace> all;

    FindFixture() {
        test::StablePath path(1, 5, 1);
        std::mt19937 random(21);
        for (int i = 0; i < 400; ++i) {
            auto const started = noon + microseconds(static_cast<int>(random() % 40) * 250);
            auto trace = path.next("n" + std::to_string(random() % 3),
                                   measurement(static_cast<int>(random() % 3)), started);
            if (random() % 4 == 0) trace.measurement.reset();
            if (random() % 4 == 0) trace.id = make_uuid_from_name("odd" + std::to_string(i));
            all.push_back(std::move(trace));
        }
        for (std::size_t i = 0; i < all.size(); i += 50)
            BOOST_REQUIRE_EQUAL(add({all.begin() + static_cast<std::ptrdiff_t>(i),
                                     all.begin() + static_cast<std::ptrdiff_t>(i + 50)}),
                                50U);
    }

    /// Of two that started at the same time the one whose key is greater counts as the later.
    static bool sorts_behind(Trace const& a, Trace const& b) {
        return store::pack_id(a.id, a.started_at) > store::pack_id(b.id, b.started_at);
    }

    /// Whatever the page size: all that match, each once, newest first unless it is the latest.
    void check(TraceQuery query, std::function<bool(Trace const&)> const& matches) {
        std::set<Uuid> expected;
        for (Trace const& trace : all)
            if (matches(trace)) expected.insert(trace.id);
        for (std::uint32_t const limit : {1U, 7U, 100U, 1000U}) {
            query.limit = limit;
            auto const found = find_all(query);
            if (!query.latest)
                BOOST_TEST(
                    std::ranges::is_sorted(found, std::ranges::greater{}, &Trace::started_at));
            std::set<Uuid> ids;
            for (Trace const& trace : found)
                ids.insert(trace.id);
            BOOST_TEST(ids.size() == found.size(), "one was listed twice");
            BOOST_TEST((ids == expected));
        }
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(find, FindFixture)

BOOST_AUTO_TEST_CASE(everything) {
    check({}, [](Trace const&) { return true; });
}

BOOST_AUTO_TEST_CASE(the_latest_of_each_probe_and_measurement) {
    auto const is_latest = [&](Trace const& trace) {
        return std::ranges::none_of(all, [&](Trace const& other) {
            return other.probe == trace.probe && other.measurement == trace.measurement &&
                   (other.started_at > trace.started_at ||
                    (other.started_at == trace.started_at && sorts_behind(other, trace)));
        });
    };
    check({.latest = true}, is_latest);
    check({.probe = "n1", .latest = true},
          [&](Trace const& t) { return t.probe == "n1" && is_latest(t); });
    check({.measurement = measurement(2).id, .latest = true}, [&](Trace const& t) {
        return t.measurement && t.measurement->name == "m2" && is_latest(t);
    });
    auto const middle = noon + microseconds(5'000);
    check({.from = middle, .latest = true},
          [&](Trace const& t) { return t.started_at >= middle && is_latest(t); });
    check({.to = middle, .latest = true},
          [&](Trace const& t) { return t.started_at < middle && is_latest(t); });
}

BOOST_AUTO_TEST_CASE(of_a_probe) {
    check({.probe = "n1"}, [](Trace const& t) { return t.probe == "n1"; });
    check({.probe = "N1"}, [](Trace const&) { return false; });
    check({.probe = ""}, [](Trace const&) { return false; });
}

BOOST_AUTO_TEST_CASE(of_a_measurement) {
    check({.measurement = measurement(2).id},
          [](Trace const& t) { return t.measurement && t.measurement->name == "m2"; });
    check({.measurement = measurement(9).id}, [](Trace const&) { return false; });
    check({.measurement = Uuid{}}, [](Trace const&) { return false; });
}

BOOST_AUTO_TEST_CASE(of_a_probe_and_a_measurement) {
    check({.probe = "n0", .measurement = measurement(0).id}, [](Trace const& t) {
        return t.probe == "n0" && t.measurement && t.measurement->name == "m0";
    });
}

BOOST_AUTO_TEST_CASE(of_a_time) {
    auto const from = noon + microseconds(2'000);
    auto const to = noon + microseconds(6'000);
    auto const after = [&](Trace const& t) { return t.started_at >= from; };
    auto const before = [&](Trace const& t) { return t.started_at < to; };
    check({.from = from}, after);
    check({.to = to}, before);
    auto const both = [&](Trace const& t) { return after(t) && before(t); };
    check({.from = from, .to = to}, both);
    check({.probe = "n2", .from = from, .to = to},
          [&](Trace const& t) { return t.probe == "n2" && both(t); });
    check({.measurement = measurement(1).id, .from = from, .to = to},
          [&](Trace const& t) { return t.measurement && t.measurement->name == "m1" && both(t); });
    check({.from = to, .to = from}, [](Trace const&) { return false; });
    check({.from = from, .to = from}, [](Trace const&) { return false; });
    check({.from = Timestamp::min(), .to = Timestamp::max()}, [](Trace const&) { return true; });
}

BOOST_AUTO_TEST_CASE(new_traces_do_not_shift_the_pages) {
    auto page = find({.limit = 10});
    std::set<Uuid> seen;
    test::StablePath path(1, 5, 1);
    while (true) {
        for (Trace const& trace : page.traces)
            BOOST_TEST(seen.insert(trace.id).second);
        if (page.next.empty()) break;
        add({path.next("n9", measurement(9), noon + std::chrono::hours(1))});
        page = find({.limit = 10, .cursor = page.next});
    }
    BOOST_TEST(seen.size() == all.size());
}

BOOST_AUTO_TEST_CASE(new_traces_hide_no_series_from_the_pages_of_the_latest) {
    TraceQuery query{.limit = 2, .latest = true};
    auto const series = find_all({.limit = 1000, .latest = true}).size();
    test::StablePath path(1, 5, 1);
    std::set<std::pair<std::string, std::string>> seen;
    std::size_t listed = 0;
    auto now = noon + std::chrono::hours(1);
    do {
        auto const page = find(query);
        listed += page.traces.size();
        for (Trace const& trace : page.traces)
            seen.emplace(trace.probe, trace.measurement ? trace.measurement->name : "");
        std::vector<Trace> newer;
        for (int probe = 0; probe < 3; ++probe)
            for (int i = 0; i < 3; ++i)
                newer.push_back(
                    path.next("n" + std::to_string(probe), measurement(i), now += seconds(1)));
        add(newer);
        query.cursor = page.next;
    } while (!query.cursor.empty());
    BOOST_TEST(series == 12U);
    BOOST_TEST(seen.size() == series);
    BOOST_TEST(listed == series);
}

BOOST_AUTO_TEST_CASE(the_last_page_has_no_next) {
    auto const count = static_cast<std::uint32_t>(all.size());
    BOOST_TEST(find({.limit = count}).next.empty());
    BOOST_TEST(find({.limit = count}).traces.size() == count);
    auto const nearly = find({.limit = count - 1});
    BOOST_TEST(!nearly.next.empty());
    BOOST_TEST(find({.limit = 10, .cursor = nearly.next}).traces.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_cursor_of_another_query_is_a_place_like_any_other) {
    auto const page = find({.limit = 100});
    auto const rest = find_all({.probe = "n1", .cursor = page.next});
    for (Trace const& trace : rest) {
        BOOST_TEST(trace.probe == "n1");
        BOOST_TEST((trace.started_at <= page.traces.back().started_at));
    }
    BOOST_TEST(!rest.empty());
}

BOOST_AUTO_TEST_CASE(hostile_cursors_are_refused_or_harmless) {
    for (auto const* cursor : {"x", "1.2", "..", "1.1.zz", "' OR 1=1 --",
                               "1.1.00112233445566778899"
                               "aabbccddeeff00"}) {
        auto const page = value_of(traces().find({.cursor = cursor}));
        BOOST_REQUIRE(!page);
        BOOST_TEST((page.error().code == boost::system::errc::invalid_argument));
        BOOST_TEST(page.error().message == "cursor: must be `next` of the page before");
    }
    BOOST_TEST(find_all({.cursor = "9223372036854775807.9223372036854775807.ffff"}).size() ==
               all.size());
    BOOST_TEST(find_all({.cursor = "-9223372036854775808.0."}).empty());
    std::mt19937 random(22);
    std::string const characters = "0123456789abcdef.-";
    for (int i = 0; i < 300; ++i) {
        std::string cursor;
        for (auto length = random() % 40; length > 0; --length)
            cursor += characters[random() % characters.size()];
        auto const page = value_of(traces().find({.probe = "n1", .cursor = cursor}));
        if (!page) BOOST_TEST((page.error().code == boost::system::errc::invalid_argument));
    }
}

BOOST_AUTO_TEST_CASE(the_limit_is_limited) {
    for (std::uint32_t const limit : {0U, 1001U, 4'000'000'000U}) {
        auto const page = value_of(traces().find({.limit = limit}));
        BOOST_REQUIRE(!page);
        BOOST_TEST(page.error().message == "limit: must be 1 to 1000");
    }
}

BOOST_AUTO_TEST_SUITE_END()
