// What every trace store promises: adding and getting.

#include "odd_traces.hpp"
#include "store_fixture.hpp"

#include <sample_trace.hpp>

#include <algorithm>
#include <map>

using namespace dtrace;
using test::StoreFixture;

namespace {

Timestamp const just_after_noon = parse<Timestamp>("2026-11-22T12:00:00.000500Z").value();
MeasurementName const google{make_uuid_from_name("google"), "Google"};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(traces, StoreFixture)

BOOST_AUTO_TEST_CASE(a_new_store_is_empty) {
    BOOST_TEST(!get(make_uuid_v7(just_after_noon)));
    BOOST_TEST(!get(Uuid{}));
    BOOST_TEST(find({}).traces.empty());
    BOOST_TEST(find({}).next.empty());
    BOOST_TEST(counts().traces == 0U);
    BOOST_TEST(add({}) == 0U);
}

BOOST_AUTO_TEST_CASE(every_trace_comes_back_as_it_was) {
    test::OddTraces odd(11);
    std::map<Uuid, Trace> expected;
    for (int round = 0; round < 10; ++round) {
        std::vector<Trace> report;
        for (int i = 0; i < 60; ++i) {
            report.push_back(odd.next());
            expected.emplace(report.back().id, report.back());
        }
        BOOST_TEST(add(report) == 60U);
    }
    for (int pass = 0; pass < 2; ++pass) {
        for (auto const& [id, trace] : expected) {
            auto const got = get(id);
            BOOST_REQUIRE(got);
            BOOST_REQUIRE((*got == trace));
        }
        auto const all = find_all({.limit = 77});
        BOOST_TEST(all.size() == expected.size());
        for (Trace const& trace : all)
            BOOST_REQUIRE((trace == expected.at(trace.id)));
        open();  // and again after a restart
    }
    BOOST_TEST(counts().traces == expected.size());
}

BOOST_AUTO_TEST_CASE(the_same_report_twice_is_stored_once) {
    test::OddTraces odd(12);
    std::vector<Trace> report;
    for (int i = 0; i < 50; ++i)
        report.push_back(odd.next());
    BOOST_TEST(add(report) == 50U);
    BOOST_TEST(add(report) == 0U);
    open();
    BOOST_TEST(add(report) == 0U);
    report.push_back(odd.next());
    auto const fresh = try_add(report).value();
    BOOST_TEST(std::ranges::count(fresh, store::Added::stored) == 1);
    BOOST_TEST((fresh.back() == store::Added::stored));
    BOOST_TEST(counts().traces == 51U);
    BOOST_TEST(find_all({}).size() == 51U);
}

BOOST_AUTO_TEST_CASE(a_trace_twice_in_one_report_is_stored_once) {
    test::StablePath path(1, 15, 3);
    auto const usual = path.next("n1", google, just_after_noon);
    auto other = path.next("n1", google, just_after_noon);
    other.id = make_uuid_from_name("no version 7");
    auto const fresh = try_add({usual, usual, other, other}).value();
    BOOST_TEST((fresh == std::vector{store::Added::stored, store::Added::known,
                                     store::Added::stored, store::Added::known}));
    BOOST_TEST(find_all({}).size() == 2U);
}

BOOST_AUTO_TEST_CASE(traces_with_the_same_start_are_told_apart) {
    test::StablePath path(1, 15, 3);
    std::vector<Trace> report;
    for (int i = 0; i < 30; ++i) {
        report.push_back(path.next("n" + std::to_string(i % 2), google, just_after_noon));
        if (i % 3 == 0) report.back().id = make_uuid_from_name(std::to_string(i));
        if (i % 5 == 0) report.back().measurement.reset();
    }
    BOOST_TEST(add(report) == 30U);
    for (Trace const& trace : report)
        BOOST_TEST((get(trace.id) == trace));
    BOOST_TEST(find_all({.limit = 4}).size() == 30U);
}

BOOST_AUTO_TEST_CASE(the_first_of_two_with_one_id_stays) {
    test::StablePath path(1, 15, 3);
    for (bool const usual : {true, false}) {
        auto first = path.next("n1", google, just_after_noon);
        if (!usual) first.id = make_uuid_from_name("other");
        auto second = path.next("n1", google, just_after_noon);
        second.id = first.id;
        BOOST_TEST(add({first}) == 1U);
        BOOST_TEST(add({second}) == 0U);
        BOOST_TEST((get(first.id) == first));
    }
}

BOOST_AUTO_TEST_CASE(an_id_of_one_probe_keeps_out_no_trace_of_another) {
    test::StablePath path(1, 15, 3);
    for (bool const usual : {true, false}) {
        auto first = path.next("n1", google, just_after_noon);
        if (!usual) first.id = make_uuid_from_name("other");
        auto second = path.next("n2", google, just_after_noon);
        second.id = first.id;
        BOOST_TEST(add({first}) == 1U);
        BOOST_TEST(add({second}) == 1U);
        BOOST_TEST(add({first, second}) == 0U);
        store::TraceQuery query;
        query.probe = "n2";
        auto const found = find_all(query);
        BOOST_TEST(std::ranges::count(found, second) == 1);
        BOOST_TEST(get(first.id).has_value());
    }
}

BOOST_AUTO_TEST_CASE(an_id_that_is_nearly_right_finds_nothing) {
    test::StablePath path(1, 15, 3);
    auto const trace = path.next("n1", google, just_after_noon);
    BOOST_TEST(add({trace}) == 1U);
    for (std::size_t byte = 0; byte < 16; ++byte) {
        auto id = trace.id;
        id.bytes[byte] ^= 1;
        BOOST_TEST(!get(id));
    }
}

BOOST_AUTO_TEST_CASE(a_failed_round) {
    Trace trace;
    trace.id = make_uuid_v7(just_after_noon);
    trace.probe = "n1";
    trace.target.host = "no.such.name";
    trace.started_at = just_after_noon;
    trace.stop_reason = StopReason::error;
    trace.error = "no.such.name: does not resolve";
    BOOST_TEST(add({trace}) == 1U);
    BOOST_TEST((get(trace.id) == trace));
}

BOOST_AUTO_TEST_CASE(a_stable_path_of_a_day_takes_eighty_bytes_a_trace) {
    constexpr int series = 20;
    constexpr int rounds = 1440;
    std::vector<test::StablePath> paths;
    for (std::uint32_t i = 0; i < series; ++i)
        paths.emplace_back(i, 15, 1);
    for (int round = 0; round < rounds; round += 20) {
        std::vector<Trace> report;
        for (int i = 0; i < 20 * series; ++i)
            report.push_back(paths[static_cast<std::size_t>(i % series)].next(
                "n" + std::to_string(i % series), google,
                just_after_noon + std::chrono::minutes(round + i / series) + milliseconds(17 * i)));
        BOOST_REQUIRE_EQUAL(add(std::move(report)), 20U * series);
    }
    store.reset();  // the log is moved into the file
    auto const bytes = std::filesystem::file_size(file);
    BOOST_TEST(static_cast<double>(bytes) / (series * rounds) <= 80.0,
               "bytes: " << static_cast<double>(bytes) / (series * rounds));
}

BOOST_AUTO_TEST_CASE(the_size_is_that_of_the_files) {
    BOOST_TEST(add({test::StablePath(1, 15, 3).next("n1", google, just_after_noon)}) == 1U);
    auto const bytes =
        std::filesystem::file_size(file) + std::filesystem::file_size(file.string() + "-wal");
    // The file may lag behind the log, which then holds the pages that it lacks.
    BOOST_TEST(counts().bytes >= bytes);
    BOOST_TEST(counts().bytes <= 2 * bytes);
}

BOOST_AUTO_TEST_SUITE_END()
