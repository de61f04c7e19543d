#include <dtrace/core/error.hpp>

#include <boost/system/system_error.hpp>
#include <boost/test/unit_test.hpp>

#include <cerrno>

using namespace dtrace;
namespace errc = boost::system::errc;

BOOST_AUTO_TEST_SUITE(errors)

BOOST_AUTO_TEST_CASE(tell_what_happened_to_what) {
    auto const error = make_error(errc::invalid_argument, "must be 1 to 256");
    BOOST_TEST((error.code == errc::invalid_argument));
    BOOST_TEST(error.message == "must be 1 to 256");

    auto const inside = within("flows", error);
    BOOST_TEST(inside.message == "flows: must be 1 to 256");
    BOOST_TEST((inside.code == errc::invalid_argument));
}

BOOST_AUTO_TEST_CASE(of_the_system_carry_its_words) {
    errno = ENOENT;
    auto const error = errno_error("cannot open dtrace.db");
    BOOST_TEST((error.code == errc::no_such_file_or_directory));
    BOOST_TEST(error.message == "cannot open dtrace.db: No such file or directory");
}

BOOST_AUTO_TEST_CASE(are_thrown_only_when_nobody_looked) {
    Result<int> const good = 7;
    BOOST_TEST(good.value() == 7);
    Result<int> const bad = make_error(errc::timed_out, "no answer");
    BOOST_TEST(bad.has_error());
    try {
        (void)bad.value();
        BOOST_FAIL("no exception");
    } catch (boost::system::system_error const& thrown) {
        BOOST_TEST((thrown.code() == errc::timed_out));
        BOOST_TEST(std::string(thrown.what()).find("no answer") != std::string::npos);
    }
}

BOOST_AUTO_TEST_SUITE_END()
