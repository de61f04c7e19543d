// How often multipath detection misses an address, over many networks and hashes. Seeded: the same
// figures in every run.

#include "mda_network.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>

using namespace dtrace;
using namespace dtrace::test;

namespace {

struct Figures {
    unsigned runs = 0;
    unsigned runs_that_missed = 0;
    std::size_t addresses = 0;
    std::size_t missed = 0;
    std::size_t packets = 0;

    void add(LayeredNetwork const& network, std::uint64_t seed, engine::Plan const& plan = {}) {
        auto const run = explore(network, seed, plan);
        auto const found = addresses_in(run.trace);
        BOOST_REQUIRE(found <= network.vertices());
        BOOST_REQUIRE((run.trace.stop_reason == StopReason::completed));
        ++runs;
        runs_that_missed += found < network.vertices() ? 1 : 0;
        addresses += network.vertices();
        missed += network.vertices() - found;
        packets += run.sent.size();
    }
    [[nodiscard]] double run_misses() const { return double(runs_that_missed) / runs; }
    /// Whether `runs` runs may have missed so often if each misses with probability `share`: more
    /// is seen once in a hundred times.
    [[nodiscard]] bool agree_with(double share) const {
        auto const deviation = std::sqrt(share * (1 - share) / runs);
        return run_misses() <= share + 2.33 * deviation;
    }
    [[nodiscard]] double address_misses() const { return double(missed) / double(addresses); }
    void tell(char const* what) const {
        BOOST_TEST_MESSAGE(what << ": " << runs << " runs, " << 100 * run_misses()
                                << " % of them missed an address, " << 100 * address_misses()
                                << " % of the addresses missed, " << double(packets) / runs
                                << " packets a run");
    }
};

std::size_t between(std::mt19937_64& random, std::size_t low, std::size_t high) {
    return std::uniform_int_distribution<std::size_t>(low, high)(random);
}

/// A few routers, one diamond of 2 to 10 ways of 1 to 3 routers, a few routers.
LayeredNetwork random_diamond(std::mt19937_64& random) {
    auto diamond = parallel_ways(between(random, 2, 10), between(random, 1, 3));
    for (auto before = between(random, 0, 2); before > 0; --before)
        diamond.layers.insert(diamond.layers.begin(), one_router({0}));
    for (auto behind = between(random, 0, 2); behind > 0; --behind) {
        diamond.layers.back()[0].next = {0};
        diamond.layers.push_back(one_router({}));
    }
    return diamond;
}

/// Each of 2 to 4 ways divides into 1 to 4 of its own: nested, and mostly of unequal width.
LayeredNetwork random_nested(std::mt19937_64& random) {
    LayeredNetwork network;
    auto const width = between(random, 2, 4);
    network.layers = {one_router({}), {}, {}, one_router({})};
    for (std::size_t way = 0; way < width; ++way) {
        network.layers[0][0].next.push_back(way);
        auto& router = network.layers[1].emplace_back();
        for (auto own = between(random, 1, 4); own > 0; --own) {
            router.next.push_back(network.layers[2].size());
            network.layers[2].push_back({.next = {0}});
        }
    }
    return network;
}

/// 2 to 5 vertices at each of two hops, every way between them open to some.
LayeredNetwork random_mesh(std::mt19937_64& random) {
    LayeredNetwork network;
    auto const first = between(random, 2, 5);
    auto const second = between(random, 2, 5);
    network.layers = {one_router({}), {}, {}, one_router({})};
    for (std::size_t i = 0; i < first; ++i) {
        network.layers[0][0].next.push_back(i);
        auto& router = network.layers[1].emplace_back();
        for (std::size_t to = 0; to < second; ++to)
            if (to == i % second || random() % 2 == 0) router.next.push_back(to);
    }
    network.layers[2].assign(second, {.next = {0}});
    // Vertices that nothing leads to are not to be found.
    for (std::size_t to = 0; to < second; ++to)
        if (first <= to) network.layers[1][0].next.push_back(to);
    for (auto& router : network.layers[1]) {
        std::ranges::sort(router.next);
        router.next.erase(std::unique(router.next.begin(), router.next.end()), router.next.end());
    }
    return network;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mda_statistics)

BOOST_AUTO_TEST_CASE(one_diamond_is_found_whole_with_the_confidence_asked_for) {
    Figures usual;
    Figures sure;
    std::mt19937_64 random(1);
    for (std::uint64_t seed = 1; seed <= 500; ++seed) {
        auto const network = random_diamond(random);
        usual.add(network, seed);
        if (seed <= 100) sure.add(network, seed, {.confidence = 99});
    }
    usual.tell("random diamonds, 95 %");
    sure.tell("random diamonds, 99 %");
    BOOST_TEST(usual.run_misses() < 0.05);
    BOOST_TEST(usual.address_misses() < 0.02);
    BOOST_TEST(sure.agree_with(0.01));
    BOOST_TEST(sure.run_misses() < usual.run_misses());
}

BOOST_AUTO_TEST_CASE(addresses_of_nested_diamonds_are_missed_rarely) {
    Figures figures;
    std::mt19937_64 random(2);
    for (std::uint64_t seed = 1; seed <= 100; ++seed)
        figures.add(random_nested(random), seed);
    figures.tell("nested diamonds of unequal width, 95 %");
    BOOST_TEST(figures.address_misses() < 0.05);
}

BOOST_AUTO_TEST_CASE(addresses_of_meshes_are_missed_rarely) {
    Figures figures;
    std::mt19937_64 random(3);
    for (std::uint64_t seed = 1; seed <= 100; ++seed)
        figures.add(random_mesh(random), seed);
    figures.tell("meshes, 95 %");
    BOOST_TEST(figures.address_misses() < 0.05);
}

BOOST_AUTO_TEST_CASE(sixteen_by_sixteen) {
    Figures figures;
    for (std::uint64_t seed = 1; seed <= 100; ++seed)
        figures.add(parallel_ways(16, 2), seed);
    figures.tell("16 x 16, 95 %");
    BOOST_TEST(figures.agree_with(0.05));
    BOOST_TEST(double(figures.packets) / figures.runs < 195);
}

BOOST_AUTO_TEST_SUITE_END()
