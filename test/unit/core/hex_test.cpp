#include <dtrace/core/hex.hpp>

#include <boost/test/unit_test.hpp>

using namespace dtrace;

BOOST_AUTO_TEST_CASE(hexadecimal_digits_of_either_case) {
    BOOST_TEST(hex_digit('0').value() == 0U);
    BOOST_TEST(hex_digit('9').value() == 9U);
    BOOST_TEST(hex_digit('a').value() == 10U);
    BOOST_TEST(hex_digit('F').value() == 15U);
    for (char const c : {'/', ':', '@', 'G', '`', 'g', '\0', ' '})
        BOOST_TEST(!hex_digit(c));
}
