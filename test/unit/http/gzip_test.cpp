#include <dtrace/http/gzip.hpp>

#include <boost/test/unit_test.hpp>

#include <random>
#include <string>

using namespace dtrace;
using namespace dtrace::http;

BOOST_AUTO_TEST_SUITE(compression)

BOOST_AUTO_TEST_CASE(goes_there_and_back) {
    std::mt19937 random(7);
    std::string noise(300'000, '\0');
    for (auto& c : noise)
        c = static_cast<char>(random());
    for (auto const& text : {std::string(), std::string("x"), std::string(1'000'000, 'a'), noise})
        BOOST_TEST((gunzip(gzip(text), text.size()).value() == text));
}

BOOST_AUTO_TEST_CASE(stops_at_the_limit) {
    auto const bomb = gzip(std::string(10'000'000, '\0'));
    BOOST_TEST(bomb.size() < 20'000u);
    auto const result = gunzip(bomb, 9'999'999);
    BOOST_REQUIRE(result.has_error());
    BOOST_TEST((result.error().code == boost::system::errc::message_size));
    BOOST_TEST(gunzip(bomb, 10'000'000).value().size() == 10'000'000u);
    BOOST_TEST(gunzip(gzip("x"), 0).has_error());
}

BOOST_AUTO_TEST_CASE(members_may_follow_each_other) {
    auto const both = gzip("one ") + gzip("two");
    BOOST_TEST(gunzip(both, 7).value() == "one two");
    BOOST_TEST(gunzip(both, 6).has_error());
}

BOOST_AUTO_TEST_CASE(every_cut_and_every_flipped_bit_is_survived) {
    std::string const text = "the quick brown fox jumps over the lazy dog";
    auto const whole = gzip(text);
    for (std::size_t size = 0; size < whole.size(); ++size) {
        auto const result = gunzip(whole.substr(0, size), 1000);
        BOOST_REQUIRE(result.has_error());
        BOOST_TEST((result.error().code == boost::system::errc::bad_message));
    }
    for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
        auto broken = whole;
        broken[bit / 8] = static_cast<char>(broken[bit / 8] ^ (1 << bit % 8));
        auto const result = gunzip(broken, 1000);
        BOOST_TEST((result.has_error() || *result == text));  // some header bits mean nothing
    }
    BOOST_TEST(gunzip(whole + "rubbish", 1000).has_error());
    BOOST_TEST(gunzip("plain text", 1000).has_error());
}

BOOST_AUTO_TEST_SUITE_END()
