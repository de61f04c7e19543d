#include "flows.hpp"

#include <dtrace/packet/tag.hpp>

#include <boost/test/unit_test.hpp>

#include <random>
#include <set>

using namespace dtrace;
using namespace dtrace::packet;
using namespace dtrace::test;

namespace {

Flow udp_flow() {
    return make_flow(Method::udp, Family::ipv4);
}

/// The promise of usable_tag for one tag and mask.
bool keeps_promise(Tag wanted, std::uint32_t mask) {
    Tag const tag = usable_tag(wanted, mask);
    std::uint32_t const sealed = seal(tag, mask);
    return tag.ttl == wanted.ttl && ((wanted.ticks - tag.ticks) & tick_mask) <= 3 &&
           (sealed & 0xFFFF) != 0 && sealed >> 16 != 0 && unseal(sealed, mask) == tag;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(tag)

BOOST_AUTO_TEST_CASE(layout_bit_by_bit) {
    BOOST_TEST(seal({.ttl = 1, .ticks = 0}, 0) == 1U << 25);
    BOOST_TEST(seal({.ttl = 127, .ticks = 0}, 0) == 127U << 25);
    for (unsigned bit = 0; bit < tick_bits; ++bit) {
        // The nine low bits lie in the high half; bits 1 and 9 have changed places.
        unsigned const place = bit == 1 ? 0 : bit == 9 ? 17 : bit < 9 ? 16 + bit : bit - 9;
        BOOST_TEST(seal({.ttl = 0, .ticks = 1U << bit}, 0) == 1U << place);
        BOOST_TEST((unseal(1U << place, 0) == Tag{.ttl = 0, .ticks = 1U << bit}));
    }
    BOOST_TEST(seal({.ttl = 7, .ticks = 0x155AA55}, 0xFE5273AD) == 0xF005D979U);
}

BOOST_AUTO_TEST_CASE(unseal_undoes_seal) {
    std::mt19937 random(2);
    for (int i = 0; i < 300'000; ++i) {
        Tag const tag = random_tag(random);
        auto const mask = static_cast<std::uint32_t>(random());
        BOOST_REQUIRE(unseal(seal(tag, mask), mask) == tag);
    }
}

BOOST_AUTO_TEST_CASE(a_wrong_mask_unseals_to_something_else) {
    Tag const tag{.ttl = 5, .ticks = 1234567};
    for (unsigned bit = 0; bit < 32; ++bit)
        BOOST_TEST(!(unseal(seal(tag, 0x12345678), 0x12345678U ^ 1U << bit) == tag));
}

BOOST_AUTO_TEST_CASE(most_tags_are_used_as_they_are) {
    Tag const tag{.ttl = 5, .ticks = 1234567};
    BOOST_TEST((usable_tag(tag, 0) == tag));
    // A zero low half: one or two ticks back.
    BOOST_TEST((usable_tag({.ttl = 5, .ticks = 0}, 0) == Tag{.ttl = 5, .ticks = tick_mask}));
    BOOST_TEST((usable_tag({.ttl = 5, .ticks = 1}, 0) == Tag{.ttl = 5, .ticks = tick_mask}));
}

// Whether a half is zero depends on sealed bits alone, so it is enough to aim the mask: at a zero
// low half, a zero high half and at both, for every tick of the three before.
BOOST_AUTO_TEST_CASE(no_more_than_three_ticks_back_whatever_the_mask_aims_at) {
    std::uint32_t failures = 0;
    auto const aim = [&](Tag wanted) {
        for (std::uint32_t low_back = 0; low_back < 4; ++low_back)
            for (std::uint32_t high_back = 0; high_back < 4; ++high_back) {
                Tag const low{wanted.ttl, (wanted.ticks - low_back) & tick_mask};
                Tag const high{wanted.ttl, (wanted.ticks - high_back) & tick_mask};
                std::uint32_t const mask = (seal(low, 0) & 0xFFFF) | (seal(high, 0) & 0xFFFF0000);
                failures += !keeps_promise(wanted, mask);
            }
    };
    // Every pattern of the bits that carry between the halves, at both ends of the range.
    for (std::uint32_t ticks = 0; ticks < 1U << 18; ++ticks)
        aim({.ttl = 64, .ticks = ticks});
    for (std::uint32_t ticks = 0; ticks < 4096; ++ticks)
        aim({.ttl = 1, .ticks = tick_mask - ticks});
    std::mt19937 random(3);
    for (int i = 0; i < 100'000; ++i)
        aim(random_tag(random));
    BOOST_TEST(failures == 0U);
}

BOOST_AUTO_TEST_CASE(a_flow_never_says_the_same_tag_twice) {
    std::mt19937 random(9);
    for (int flow = 0; flow < 50; ++flow) {
        auto const mask = static_cast<std::uint32_t>(random());
        TagSequence tags;
        std::set<std::uint32_t> seen;
        // Bursts within one tick, pauses, and a start just before the wrap.
        TimePoint now = TimePoint{} + tick * ((std::int64_t{1} << tick_bits) - 20);
        for (int i = 0; i < 2000; ++i) {
            Tag const tag = tags.next(static_cast<Ttl>(1 + i % 30), now, mask);
            BOOST_REQUIRE(seen.insert(tag.ticks).second);
            BOOST_REQUIRE(keeps_promise(tag, mask));
            if (random() % 64 == 0) now += microseconds(random() % 3000);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_quiet_flow_says_the_time) {
    TagSequence tags;
    TimePoint now{seconds(1)};
    for (int i = 0; i < 100; ++i, now += milliseconds(7)) {
        auto const told = age(tags.next(5, now, 0x12345678).ticks, ticks_of(now));
        BOOST_TEST((told >= Duration(0) && told <= 3 * tick));
    }
}

BOOST_AUTO_TEST_CASE(ticks_are_four_microseconds_and_wrap) {
    TimePoint const start{};
    BOOST_TEST(ticks_of(start) == 0U);
    BOOST_TEST(ticks_of(start + microseconds(3)) == 0U);
    BOOST_TEST(ticks_of(start + microseconds(4)) == 1U);
    BOOST_TEST(ticks_of(start + seconds(1)) == 250'000U);
    BOOST_TEST(ticks_of(start + tick * (1U << tick_bits)) == 0U);
    BOOST_TEST(ticks_of(start + tick * ((1U << tick_bits) + 5)) == 5U);
}

BOOST_AUTO_TEST_CASE(ages_over_the_wrap) {
    BOOST_TEST((age(100, 100) == Duration(0)));
    BOOST_TEST((age(100, 350) == milliseconds(1)));
    BOOST_TEST((age(tick_mask, 9) == microseconds(40)));
    BOOST_TEST((age(102, 100) == microseconds(-8)));
    BOOST_TEST((age(0, tick_mask) == microseconds(-4)));
    BOOST_TEST((age(0, 250'000 * 100) == seconds(100)));
    BOOST_TEST((age(250'000, 0) == seconds(-1)));
}

BOOST_AUTO_TEST_CASE(masks_follow_siphash_of_what_a_reply_shows) {
    auto const secret = known_secret();
    auto flow = udp_flow();
    BOOST_TEST(flow_mask(flow, secret) == 0xFE5273ADU);
    flow.source = ip("203.0.113.5");
    BOOST_TEST(flow_mask(flow, secret) == 0xFE5273ADU);

    auto const icmp = [&](Port unused) {
        auto f = udp_flow();
        f.method = Method::icmp;
        f.id = 0x1234;
        f.destination_port = unused;
        return flow_mask(f, secret);
    };
    BOOST_TEST(icmp(0) == 0xA966DE04U);
    BOOST_TEST(icmp(99) == 0xA966DE04U);
}

BOOST_AUTO_TEST_CASE(masks_differ_by_every_part_and_by_secret) {
    auto const secret = known_secret();
    auto const base = udp_flow();
    std::set<std::uint32_t> masks{flow_mask(base, secret)};
    auto const with = [&](auto change) {
        auto flow = base;
        change(flow);
        masks.insert(flow_mask(flow, secret));
    };
    with([](Flow& f) { f.method = Method::tcp; });
    with([](Flow& f) { f.id = 24002; });
    with([](Flow& f) { f.destination_port = 33435; });
    with([](Flow& f) { f.destination = ip("192.0.2.10"); });
    with([](Flow& f) { f.destination = ip("2001:db8::9"); });
    masks.insert(flow_mask(base, make_secret()));
    masks.insert(flow_mask(base, make_secret()));
    BOOST_TEST(masks.size() == 8U);
}

BOOST_AUTO_TEST_CASE(flow_labels_are_stable_and_spread) {
    auto flow = udp_flow();
    flow.source = ip("2001:db8::1");
    flow.destination = ip("2001:db8:9::9");
    BOOST_TEST(flow_label(flow) == 0xF1F5BU);
    std::set<std::uint32_t> labels;
    for (std::uint16_t port = 1; port <= 1000; ++port) {
        flow.id = port;
        auto const label = flow_label(flow);
        BOOST_TEST((label != 0 && label <= 0xFFFFF));
        labels.insert(label);
    }
    BOOST_TEST(labels.size() > 990U);
}

BOOST_AUTO_TEST_SUITE_END()
