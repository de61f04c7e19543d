#include <dtrace/core/counted.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdint>

using namespace dtrace;

BOOST_AUTO_TEST_CASE(only_one_is_singular) {
    BOOST_TEST(counted(0, "flow") == "0 flows");
    BOOST_TEST(counted(std::uint64_t{1}, "flow") == "1 flow");
    BOOST_TEST(counted(2U, "flow") == "2 flows");
}
