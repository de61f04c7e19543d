#include "resolver/expiring_cache.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace dtrace;
using namespace dtrace::wire;
using namespace std::chrono_literals;

namespace {

constexpr TimePoint start{};

std::string find(ExpiringCache<int, std::string>& cache, int key, TimePoint now = start) {
    auto const* value = cache.find(key, now);
    return value ? *value : "(none)";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(expiring_cache)

BOOST_AUTO_TEST_CASE(keeps_a_value_until_its_time) {
    ExpiringCache<int, std::string> cache(10);
    cache.put(1, "one", start + 10s);
    BOOST_TEST(find(cache, 1, start + 9s) == "one");
    BOOST_TEST(find(cache, 2) == "(none)");
    BOOST_TEST(find(cache, 1, start + 10s) == "(none)");
    BOOST_TEST(cache.size() == 0u);
}

BOOST_AUTO_TEST_CASE(a_new_value_replaces_the_old_one_and_its_time) {
    ExpiringCache<int, std::string> cache(10);
    cache.put(1, "one", start + 10s);
    cache.put(1, "uno", start + 20s);
    BOOST_TEST(find(cache, 1, start + 15s) == "uno");
    BOOST_TEST(cache.size() == 1u);
}

BOOST_AUTO_TEST_CASE(the_first_put_makes_room) {
    ExpiringCache<int, std::string> cache(2);
    cache.put(1, "one", start + 10s);
    cache.put(2, "two", start + 10s);
    cache.put(1, "uno", start + 10s);
    cache.put(3, "three", start + 10s);
    BOOST_TEST(cache.size() == 2u);
    BOOST_TEST(find(cache, 1) == "uno");
    BOOST_TEST(find(cache, 2) == "(none)");
    BOOST_TEST(find(cache, 3) == "three");
}

BOOST_AUTO_TEST_CASE(without_room_nothing_is_kept) {
    ExpiringCache<int, std::string> cache(0);
    cache.put(1, "one", start + 10s);
    BOOST_TEST(find(cache, 1) == "(none)");
}

BOOST_AUTO_TEST_SUITE_END()
