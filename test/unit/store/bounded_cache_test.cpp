#include "names/bounded_cache.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using dtrace::store::BoundedCache;

BOOST_AUTO_TEST_SUITE(bounded_cache)

BOOST_AUTO_TEST_CASE(it_remembers_within_its_limit) {
    BoundedCache<int, std::string> cache(10'000);
    BOOST_TEST(!cache.find(1));
    BOOST_TEST(cache.put(1, "one") == "one");
    BOOST_TEST(*cache.find(1) == "one");
    BOOST_TEST(cache.put(1, "uno") == "uno");
    BOOST_TEST(*cache.find(1) == "uno");
    cache.clear();
    BOOST_TEST(!cache.find(1));
}

BOOST_AUTO_TEST_CASE(it_never_holds_more_than_its_limit) {
    BoundedCache<int, std::string> cache(10'000);
    std::size_t most = 0;
    for (int i = 0; i < 1000; ++i) {
        cache.put(i, std::string(500, 'x'), 500);
        std::size_t held = 0;
        for (int k = 0; k <= i; ++k)
            if (cache.find(k)) ++held;
        BOOST_TEST(cache.find(i));
        most = std::max(most, held);
    }
    BOOST_TEST(most > 10U);
    BOOST_TEST(most <= 20U);
}

BOOST_AUTO_TEST_CASE(one_that_is_larger_than_the_limit_is_held_alone) {
    BoundedCache<int, std::string> cache(1'000);
    cache.put(1, "small");
    cache.put(2, std::string(5'000, 'x'), 5'000);
    BOOST_TEST(!cache.find(1));
    BOOST_TEST(cache.find(2));
    cache.put(3, "small");
    BOOST_TEST(!cache.find(2));
}

BOOST_AUTO_TEST_SUITE_END()
