#include <dtrace/http/date.hpp>

#include <boost/test/unit_test.hpp>

using namespace dtrace;
using http::parse_date;

namespace {

std::chrono::sys_seconds at(int year, unsigned month, unsigned day, int hours, int minutes,
                            int count) {
    std::chrono::year_month_day const date{std::chrono::year(year), std::chrono::month(month),
                                           std::chrono::day(day)};
    return std::chrono::sys_days(date) + std::chrono::hours(hours) + std::chrono::minutes(minutes) +
           seconds(count);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(date)

BOOST_AUTO_TEST_CASE(all_three_forms_are_read) {
    auto const expected = at(1994, 11, 6, 8, 49, 37);
    BOOST_TEST((parse_date("Sun, 06 Nov 1994 08:49:37 GMT") == expected));
    BOOST_TEST((parse_date("Sunday, 06-Nov-94 08:49:37 GMT") == expected));
    BOOST_TEST((parse_date("Sun Nov  6 08:49:37 1994") == expected));
    BOOST_TEST((parse_date("Sun Nov 22 08:49:37 2026") == at(2026, 11, 22, 8, 49, 37)));
    BOOST_TEST((parse_date("Friday, 01-Jan-27 00:00:00 GMT") == at(2027, 1, 1, 0, 0, 0)));
    BOOST_TEST((parse_date("Sat, 31 Dec 2016 23:59:60 GMT") == at(2017, 1, 1, 0, 0, 0)));
}

BOOST_AUTO_TEST_CASE(anything_else_is_none) {
    for (auto const* text :
         {"", ",", "Sun", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 GMT ",
          "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 6 Nov 1994 08:49:37 GMT",
          "Sun, 31 Feb 2026 08:49:37 GMT", "Sun, 06 Nev 1994 08:49:37 GMT",
          "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 00:60:00 GMT",
          "Sun, -6 Nov 1994 08:49:37 GMT", "Sun, 06-Nov 94 08:49:37 GMT", "Sun Nov  6 08:49:37",
          "Sun Nov 66 08:49:37 1994", "1994-11-06T08:49:37Z"})
        BOOST_TEST(!parse_date(text), text);
}

BOOST_AUTO_TEST_SUITE_END()
