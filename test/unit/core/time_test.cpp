#include <dtrace/core/time.hpp>

#include <boost/test/unit_test.hpp>

#include <random>

using namespace dtrace;
using namespace std::chrono_literals;

namespace {

Timestamp at(std::int64_t microseconds_since_1970) {
    return Timestamp(microseconds(microseconds_since_1970));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(timestamps)

BOOST_AUTO_TEST_CASE(are_written_with_microseconds_in_utc) {
    BOOST_TEST(to_text(at(0)) == "1970-01-01T00:00:00.000000Z");
    BOOST_TEST(to_text(at(1'795'356'000'000'000)) == "2026-11-22T14:00:00.000000Z");
    BOOST_TEST(to_text(at(1'709'208'000'000'001)) == "2024-02-29T12:00:00.000001Z");
    BOOST_TEST(to_text(at(-1)) == "1969-12-31T23:59:59.999999Z");
}

BOOST_AUTO_TEST_CASE(are_read_in_every_form_of_rfc_3339) {
    auto const wanted = at(1'795'356'000'000'000);
    for (char const* text :
         {"2026-11-22T14:00:00Z", "2026-11-22t14:00:00z", "2026-11-22 14:00:00Z",
          "2026-11-22T14:00:00.0Z", "2026-11-22T14:00:00.000000000Z", "2026-11-22T14:00:00+00:00",
          "2026-11-22T14:00:00-00:00", "2026-11-22T19:30:00+05:30", "2026-11-22T00:00:00-14:00",
          "2026-11-23T13:59:00+23:59"}) {
        auto const time = parse<Timestamp>(text);
        BOOST_REQUIRE(time.has_value());
        BOOST_TEST((*time == wanted), text);
    }
}

BOOST_AUTO_TEST_CASE(keep_microseconds_of_a_fraction) {
    auto const fraction = [](std::string const& digits) {
        auto const time = parse<Timestamp>("1970-01-01T00:00:00." + digits + "Z");
        return time.has_value() ? time->time_since_epoch().count() : -1;
    };
    BOOST_TEST(fraction("5") == 500'000);
    BOOST_TEST(fraction("05") == 50'000);
    BOOST_TEST(fraction("123456") == 123'456);
    BOOST_TEST(fraction("123456789") == 123'456);
    BOOST_TEST(fraction("999999999") == 999'999);
    BOOST_TEST(fraction("1234567890") == -1);
    BOOST_TEST(fraction("") == -1);
}

BOOST_AUTO_TEST_CASE(refuse_what_is_no_time) {
    for (char const* text : {"",
                             "2026",
                             "2026-11-22",
                             "2026-11-22T14:00:00",
                             "2026-11-22T14:00Z",
                             "2026-13-22T14:00:00Z",
                             "2026-00-22T14:00:00Z",
                             "2026-02-29T14:00:00Z",
                             "2026-11-31T14:00:00Z",
                             "2026-11-22T24:00:00Z",
                             "2026-11-22T14:60:00Z",
                             "2026-11-22T14:00:61Z",
                             "2026-11-22T14:00:00+24:00",
                             "2026-11-22T14:00:00+0100",
                             "2026-11-22T14:00:00+01:60",
                             "2026-11-22T14:00:00Z ",
                             " 2026-11-22T14:00:00Z",
                             "2026-11-22T14:00:00ZZ",
                             "-026-11-22T14:00:00Z",
                             "2026/11/22T14:00:00Z",
                             "2026-11-22T1a:00:00Z",
                             "2026-11-22T+1:00:00Z"}) {
        auto const time = parse<Timestamp>(text);
        BOOST_TEST(!time.has_value(), "accepted '" << text << "'");
        if (!time.has_value())
            BOOST_TEST(time.error().message ==
                       "must be a time as in RFC 3339, like 2026-11-22T14:00:00Z");
    }
}

BOOST_AUTO_TEST_CASE(a_leap_second_is_the_next_minute) {
    BOOST_TEST((parse<Timestamp>("2016-12-31T23:59:60Z").value() ==
                parse<Timestamp>("2017-01-01T00:00:00Z").value()));
}

BOOST_AUTO_TEST_CASE(come_back_as_they_were) {
    std::mt19937_64 random(1);
    for (int i = 0; i < 10'000; ++i) {
        // The years 0001 to 9999 or so.
        auto const time = at(static_cast<std::int64_t>(random() % 315'000'000'000'000'000) -
                             62'000'000'000'000'000);
        BOOST_REQUIRE(parse<Timestamp>(to_text(time)).value() == time);
    }
}

BOOST_AUTO_TEST_CASE(the_wall_clock_is_in_this_century) {
    auto const now = to_text(wall_clock_now());
    BOOST_TEST(now.substr(0, 2) == "20");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(durations)

BOOST_AUTO_TEST_CASE(are_read_with_their_unit) {
    auto const us = [](char const* text) { return parse<microseconds>(text).value().count(); };
    BOOST_TEST(us("250us") == 250);
    BOOST_TEST(us("500ms") == 500'000);
    BOOST_TEST(us("2s") == 2'000'000);
    BOOST_TEST(us("5m") == 300'000'000);
    BOOST_TEST(us("1h") == 3'600'000'000);
    BOOST_TEST(us("1d") == 86'400'000'000);
    BOOST_TEST(us("0") == 0);
    BOOST_TEST(us("0.5") == 500'000);
    BOOST_TEST(us("1.5ms") == 1'500);
    BOOST_TEST(us("3") == 3'000'000);
    BOOST_TEST(us("0.4us") == 0);
}

BOOST_AUTO_TEST_CASE(refuse_what_is_no_duration) {
    for (char const* text :
         {"",     "s",     "-1s",   "-1",   "1x", "1 s", " 1s",    "1s ",     "+1s", "inf", "nan",
          "infs", "1e300", "1e30d", "0x10", "1S", "1MS", "1.2.3s", "400000d", "ms5", "1,5s"}) {
        auto const duration = parse<microseconds>(text);
        BOOST_TEST(!duration.has_value(), "accepted '" << text << "'");
        if (!duration.has_value())
            BOOST_TEST(duration.error().message == "must be a duration like 500ms, 2s, 5m or 1h");
    }
}

BOOST_AUTO_TEST_CASE(are_written_in_their_largest_whole_unit) {
    BOOST_TEST(to_text(microseconds(0)) == "0s");
    BOOST_TEST(to_text(microseconds(1)) == "1us");
    BOOST_TEST(to_text(microseconds(1'500)) == "1500us");
    BOOST_TEST(to_text(microseconds(500ms)) == "500ms");
    BOOST_TEST(to_text(microseconds(90s)) == "90s");
    BOOST_TEST(to_text(microseconds(120s)) == "2m");
    BOOST_TEST(to_text(microseconds(36h)) == "36h");
    BOOST_TEST(to_text(microseconds(48h)) == "2d");
}

BOOST_AUTO_TEST_CASE(come_back_as_they_were) {
    std::mt19937_64 random(2);
    for (int i = 0; i < 10'000; ++i) {
        microseconds const duration(random() % 1'000'000'000'000'000 >> random() % 50);
        BOOST_REQUIRE(parse<microseconds>(to_text(duration)).value() == duration);
    }
}

BOOST_AUTO_TEST_SUITE_END()
