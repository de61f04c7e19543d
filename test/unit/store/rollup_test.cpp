#include "records/rollup_record.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

using namespace dtrace;
using namespace dtrace::store;

BOOST_AUTO_TEST_SUITE(rollup)

BOOST_AUTO_TEST_CASE(quantiles_are_within_a_sixteenth) {
    RttHistogram histogram;
    for (std::uint32_t i = 1; i <= 100'000; ++i)
        histogram.add(i);
    for (double const q : {0.01, 0.1, 0.5, 0.9, 0.99, 1.0}) {
        auto const got = histogram.quantile(q);
        BOOST_TEST(got > q * 100'000 * 0.94);
        BOOST_TEST(got < q * 100'000 * 1.06 + 1);
    }
    BOOST_TEST(histogram.min() == 1U);
    BOOST_TEST(histogram.max() == 100'000U);
    BOOST_TEST(RttHistogram().quantile(0.5) == 0U);
}

BOOST_AUTO_TEST_CASE(every_value_finds_its_bucket) {
    std::uint32_t before = 0;
    for (std::uint64_t value = 0; value < UINT32_MAX; value += value / 7 + 1) {
        RttHistogram one;
        one.add(static_cast<std::uint32_t>(value));
        BOOST_TEST(one.quantile(0.5) == value);  // between min and max
        auto const bucket = one.buckets().begin()->first;
        BOOST_TEST(bucket >= before);
        before = bucket;
    }
}

BOOST_AUTO_TEST_CASE(two_halves_are_the_whole) {
    RttHistogram all;
    RttHistogram one;
    RttHistogram two;
    for (std::uint32_t i = 0; i < 5000; ++i) {
        auto const value = i * 7919 % 60'000;
        all.add(value);
        (i % 3 == 0 ? one : two).add(value);
    }
    one.add(two);
    one.add(RttHistogram());
    BOOST_TEST((one == all));
}

BOOST_AUTO_TEST_CASE(a_record_comes_back_as_it_was) {
    RollupRecord record;
    record.rollup.traces = 60;
    record.rollup.reached = 59;
    record.rollup.failed = 1;
    record.rollup.sent = 180;
    record.rollup.answered = 175;
    for (std::uint32_t i = 0; i < 175; ++i)
        record.rollup.rtt.add(10'000 + i * i);
    record.paths = {{3, 40}, {7, 20}, {123'456'789, 1}};
    record.leave_out_rare_paths(2);
    BOOST_TEST(record.rollup.other_paths == 1U);
    auto const text = encode_rollup(record);
    auto const again = decode_rollup(text);
    BOOST_REQUIRE(again.has_value());
    BOOST_TEST((again->rollup.rtt == record.rollup.rtt));
    BOOST_TEST((again->paths == record.paths));
    BOOST_TEST(again->rollup.traces == 60U);
    BOOST_TEST(again->rollup.answered == 175U);
    BOOST_TEST(text.size() < 80U);
    BOOST_TEST(decode_rollup(encode_rollup({})).has_value());
}

BOOST_AUTO_TEST_CASE(hops_come_back_as_they_were) {
    std::map<Ttl, HopRollup> hops;
    for (Ttl const ttl : {Ttl{1}, Ttl{2}, Ttl{30}, Ttl{255}}) {
        auto& hop = hops[ttl];
        hop.sent = 60U * ttl;
        hop.answered = ttl == 2 ? 0U : 59U * ttl;
        for (std::uint32_t i = 0; ttl != 2 && i < 60; ++i)
            hop.rtt.add(1000U * ttl + i * i);
    }
    auto const again = decode_hops(encode_hops(hops));
    BOOST_REQUIRE(again.has_value());
    BOOST_REQUIRE(again->size() == hops.size());
    for (auto const& [ttl, hop] : hops) {
        BOOST_TEST(again->at(ttl).sent == hop.sent);
        BOOST_TEST(again->at(ttl).answered == hop.answered);
        BOOST_TEST((again->at(ttl).rtt == hop.rtt));
    }
    BOOST_TEST(decode_hops(encode_hops({}))->empty());
    BOOST_TEST(read_rollup(encode_rollup({}), "")->rollup.hops.empty());
}

BOOST_AUTO_TEST_CASE(a_damaged_record_does_no_harm) {
    std::mt19937 random(7);
    for (int i = 0; i < 2000; ++i) {
        std::string bytes(random() % 60, '\0');
        for (auto& byte : bytes)
            byte = static_cast<char>(random());
        if (auto const record = decode_rollup(bytes)) BOOST_TEST(record->paths.size() <= 480U);
        if (auto const hops = decode_hops(bytes)) BOOST_TEST(hops->size() <= 256U);
    }
}

BOOST_AUTO_TEST_SUITE_END()
