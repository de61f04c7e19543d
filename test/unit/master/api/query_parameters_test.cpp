#include "api/query_parameters.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace dtrace;
using dtrace::master::QueryParameters;

namespace {

using Query = std::map<std::string, std::string>;

bool names(QueryParameters const& query, std::string const& path) {
    return query.fault() && query.fault()->status == 400 &&
           query.fault()->body.find("\"path\":\"" + path + "\"") != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(query_parameters)

BOOST_AUTO_TEST_CASE(values_are_read) {
    Query const given{{"n", "7"}, {"t", "2026-11-22T14:00:00Z"}, {"s", "x"}, {"e", ""}};
    QueryParameters query(given, {"n", "t", "s", "e", "absent"});
    BOOST_TEST(*query.number("n", 0, 10) == 7U);
    BOOST_TEST((*query.time("t") ==
                std::chrono::sys_days(std::chrono::year(2026) / 11 / 22) + std::chrono::hours(14)));
    BOOST_TEST(*query.text("s") == "x");
    BOOST_TEST(!query.text("e"));
    BOOST_TEST(!query.number("e", 0, 10));
    BOOST_TEST(!query.time("absent"));
    BOOST_TEST(!query.fault());
}

BOOST_AUTO_TEST_CASE(wrong_numbers_are_refused) {
    for (std::string const bad : {"11", "-1", "1.5", "x", "7x", " 7", "99999999999999999999"}) {
        Query const given{{"n", bad}};
        QueryParameters query(given, {"n"});
        BOOST_TEST(!query.number("n", 0, 10));
        BOOST_TEST(names(query, "n"), bad);
    }
}

BOOST_AUTO_TEST_CASE(wrong_times_are_refused) {
    Query const given{{"t", "yesterday"}};
    QueryParameters query(given, {"t"});
    BOOST_TEST(!query.time("t"));
    BOOST_TEST(names(query, "t"));
}

BOOST_AUTO_TEST_CASE(unknown_parameters_are_refused_and_the_first_fault_counts) {
    Query const given{{"limt", "1"}, {"n", "x"}};
    QueryParameters query(given, {"n"});
    BOOST_TEST(!query.number("n", 0, 10));
    BOOST_TEST(names(query, "limt"));
}

BOOST_AUTO_TEST_SUITE_END()
