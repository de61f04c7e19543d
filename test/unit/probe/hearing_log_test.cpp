#include "hearing/hearing_log.hpp"

#include <boost/test/unit_test.hpp>

using namespace dtrace;
using namespace dtrace::probe;

namespace {

IpAddress const own_address = IpV4(0xC0000201), peer = IpV4(0xC6336401),
                other_peer = IpV4(0xC6336402);

TimePoint at(double time) {
    return TimePoint(std::chrono::duration_cast<Duration>(std::chrono::duration<double>(time)));
}

Flow from_target(std::uint16_t id = 24001, Method method = Method::udp) {
    return {.method = method,
            .source = peer,
            .destination = own_address,
            .id = id,
            .destination_port = static_cast<Port>(method == Method::icmp ? 0 : 33434)};
}

struct HearingLogFixture {
    HearingLog log;

    void hear(double time, Flow const& flow = from_target()) { log.hear(flow, at(time), at(time)); }
    std::optional<Heard> take(double time) { return log.take(own_address, peer, at(time)); }

    void begin_with_other(double time) {
        BOOST_TEST(!log.take(own_address, other_peer, at(time)).has_value());
    }

    /// How many packets each entry counts.
    std::vector<std::uint32_t> counts(double time) {
        std::vector<std::uint32_t> counted;
        auto const heard = take(time);
        BOOST_REQUIRE(heard.has_value());
        for (auto const& flow : heard->flows)
            counted.push_back(flow.packets);
        return counted;
    }
};

using Counts = std::vector<std::uint32_t>;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(hearing_log, HearingLogFixture)

BOOST_AUTO_TEST_CASE(listening_begins_with_the_first_trace) {
    hear(99);
    BOOST_TEST(!take(100).has_value());
    BOOST_TEST(!take(102).has_value());  // all of it may still be arriving
    auto const heard = take(103);
    BOOST_REQUIRE(heard.has_value());
    BOOST_TEST(heard->listened_ms == 3000U);
    BOOST_TEST(heard->flows.empty());
}

BOOST_AUTO_TEST_CASE(a_visit_is_named_counted_and_told_once) {
    take(100);
    hear(101);
    hear(101.5);
    hear(101.9);
    hear(102, from_target(77, Method::icmp));
    hear(103, from_target(24001, Method::tcp));
    auto const heard = take(110);
    BOOST_REQUIRE(heard.has_value());
    BOOST_TEST(heard->listened_ms == 10'000U);
    BOOST_REQUIRE(heard->flows.size() == 3U);
    BOOST_TEST((heard->flows[0] == HeardFlow{Method::udp, 24001, 33434, {}, 9000, 3}));
    BOOST_TEST((heard->flows[1] == HeardFlow{Method::icmp, {}, {}, 77, 8000, 1}));
    BOOST_TEST((heard->flows[2] == HeardFlow{Method::tcp, 24001, 33434, {}, 7000, 1}));
    auto const again = take(120);
    BOOST_REQUIRE(again.has_value());
    BOOST_TEST(again->listened_ms == 12'000U);  // from where the span before ended
    BOOST_TEST(again->flows.empty());
}

BOOST_AUTO_TEST_CASE(flows_differ_by_each_of_their_numbers) {
    take(100);
    auto further = from_target();
    further.destination_port = 33435;
    for (auto const& flow : {from_target(), from_target(24002), further,
                             from_target(24001, Method::tcp), from_target(24001, Method::icmp)})
        hear(101, flow);
    BOOST_TEST(counts(110) == Counts(5, 1), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(packets_a_second_after_the_first_are_another_visit) {
    take(100);
    for (double time : {101.0, 101.6, 101.99, 102.0, 102.9, 103.1})
        hear(time);
    BOOST_TEST(counts(110) == (Counts{3, 2, 1}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_still_arriving_is_left_whole_to_the_next_trace) {
    take(100);
    hear(107.9);
    hear(108.0);  // a visit with the one before
    hear(108.5, from_target(24002));
    hear(109.4, from_target(24002));
    BOOST_TEST(counts(110) == (Counts{2}), boost::test_tools::per_element());
    auto const rest = take(115);
    BOOST_REQUIRE(rest.has_value());
    BOOST_TEST(rest->listened_ms == 7000U);
    BOOST_REQUIRE(rest->flows.size() == 1U);
    BOOST_TEST((rest->flows[0] == HeardFlow{Method::udp, 24002, 33434, {}, 6500, 2}));
}

BOOST_AUTO_TEST_CASE(a_trace_that_ends_with_another_has_nothing_to_tell) {
    take(100);
    hear(101);
    BOOST_TEST(counts(110) == (Counts{1}), boost::test_tools::per_element());
    BOOST_TEST(!take(110).has_value());
    BOOST_TEST(take(111).has_value());
}

BOOST_AUTO_TEST_CASE(only_what_comes_from_a_target_to_where_it_is_measured_from_counts) {
    take(100);
    auto stranger = from_target();
    stranger.source = other_peer;
    auto elsewhere = from_target();
    elsewhere.destination = other_peer;
    hear(101, stranger);
    hear(101, elsewhere);
    hear(102);
    BOOST_TEST(counts(110) == (Counts{1}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_own_address_is_not_listened_to) {
    auto looped = from_target();
    looped.source = own_address;
    for (double time : {100.0, 110.0, 120.0}) {
        BOOST_TEST(!log.take(own_address, own_address, at(time)).has_value());
        hear(time + 1, looped);
    }
}

BOOST_AUTO_TEST_CASE(link_local_addresses_are_the_same_with_and_without_their_interface) {
    IpV6::bytes_type bytes{0xFE, 0x80};
    bytes[15] = 1;
    IpV6 const here(bytes, 3), bare_here(bytes);
    bytes[15] = 2;
    IpV6 const there(bytes, 3), bare_there(bytes);
    BOOST_TEST(!log.take(here, there, at(100)).has_value());
    hear(101, {.method = Method::udp,
               .source = bare_there,
               .destination = bare_here,
               .id = 24001,
               .destination_port = 33434});
    auto const heard = log.take(here, there, at(110));
    BOOST_REQUIRE(heard.has_value());
    BOOST_TEST(heard->flows.size() == 1U);
}

BOOST_AUTO_TEST_CASE(after_a_loss_everybody_begins_anew) {
    take(100);
    begin_with_other(100);
    hear(101);
    log.miss(at(105));
    hear(106);
    auto const heard = take(110);
    BOOST_REQUIRE(heard.has_value());
    BOOST_TEST(heard->listened_ms == 5000U);
    BOOST_TEST(heard->flows.size() == 1U);
    BOOST_TEST(log.take(own_address, other_peer, at(110))->listened_ms == 5000U);
    log.miss(at(111));
    BOOST_TEST(!take(112).has_value());
}

BOOST_AUTO_TEST_CASE(a_packet_that_was_read_late_is_a_loss) {
    take(100);
    hear(101);
    log.hear(from_target(), at(103), at(104.0));
    BOOST_TEST(counts(108) == (Counts{1, 1}), boost::test_tools::per_element());
    log.hear(from_target(), at(110), at(111.1));
    auto const heard = take(115);
    BOOST_REQUIRE(heard.has_value());
    BOOST_TEST(heard->listened_ms == 3900U);
    BOOST_TEST(heard->flows.empty());
}

BOOST_AUTO_TEST_CASE(nothing_arrives_after_it_was_read) {
    take(100);
    log.hear(from_target(), at(9000), at(101));
    hear(103);
    BOOST_TEST(counts(110) == (Counts{1, 1}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(ten_minutes_are_kept) {
    take(100);
    hear(101);
    hear(500);
    auto const heard = take(1000);
    BOOST_REQUIRE(heard.has_value());
    BOOST_TEST(heard->listened_ms == 600'000U);
    BOOST_REQUIRE(heard->flows.size() == 1U);
    BOOST_TEST(heard->flows[0].ago_ms == 500'000U);
}

BOOST_AUTO_TEST_CASE(who_sends_too_much_is_told_of_only_from_then_on) {
    take(100);
    begin_with_other(100);
    auto calm = from_target();
    calm.source = other_peer;
    hear(101, calm);
    for (std::uint16_t id = 0; id < 4096; ++id)
        hear(102, from_target(id));
    hear(103, from_target(4096));
    hear(104);
    auto const heard = take(110);
    BOOST_REQUIRE(heard.has_value());
    BOOST_TEST(heard->listened_ms == 7000U);
    BOOST_TEST(heard->flows.size() == 1U);
    BOOST_TEST(log.take(own_address, other_peer, at(110))->flows.size() == 1U);

    for (int i = 0; i < 10'001; ++i)
        hear(120);
    hear(121.5);
    auto const after = take(130);
    BOOST_REQUIRE(after.has_value());
    BOOST_TEST(after->listened_ms == 10'000U);
    BOOST_TEST(after->flows.size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_is_too_old_makes_room) {
    take(100);
    for (std::uint16_t id = 0; id < 4096; ++id)
        hear(101, from_target(id));
    hear(702);
    auto const heard = take(710);
    BOOST_REQUIRE(heard.has_value());
    BOOST_TEST(heard->listened_ms == 600'000U);
    BOOST_TEST(heard->flows.size() == 1U);
}

BOOST_AUTO_TEST_CASE(the_pair_measured_longest_ago_is_forgotten) {
    HearingLog::Limits limits;
    limits.pairs = 2;
    log = HearingLog(limits);
    IpAddress const third = IpV4(0xC6336403);
    take(100);
    begin_with_other(101);
    take(104);
    BOOST_TEST(!log.take(own_address, third, at(105)).has_value());
    BOOST_TEST(take(106).has_value());
    BOOST_TEST(
        !log.take(own_address, other_peer, at(110)).has_value());  // in the place of the third
    BOOST_TEST(!log.take(own_address, third, at(111)).has_value());
}

BOOST_AUTO_TEST_CASE(where_all_pairs_together_are_too_many_the_one_taken_longest_ago_begins_anew) {
    HearingLog::Limits limits;
    limits.visits = 3;
    log = HearingLog(limits);
    auto from_other = from_target();
    from_other.source = other_peer;
    for (int round = 0; round < 3; ++round) {  // what is told makes room again
        double const begin = 100 + 20 * round;
        take(begin);
        static_cast<void>(log.take(own_address, other_peer, at(begin + 1)));
        for (std::uint16_t id = 1; id <= 3; ++id)
            hear(begin + 2, from_target(id));
        hear(begin + 5, from_other);
        hear(begin + 6);
        auto const other = log.take(own_address, other_peer, at(begin + 10));
        BOOST_REQUIRE(other.has_value());
        BOOST_TEST(other->listened_ms >= 9000U);
        BOOST_TEST(other->flows.size() == 1U);
        auto const heard = take(begin + 10);
        BOOST_REQUIRE(heard.has_value());
        BOOST_TEST(heard->listened_ms == 5000U);
        BOOST_TEST(heard->flows.size() == 1U);
    }
}

BOOST_AUTO_TEST_CASE(a_pair_that_has_all_of_the_room_begins_anew_itself) {
    HearingLog::Limits limits;
    limits.visits = 3;
    log = HearingLog(limits);
    take(100);
    begin_with_other(99);
    for (std::uint16_t id = 1; id <= 3; ++id)
        hear(101, from_target(id));
    BOOST_TEST((log.hear(from_target(4), at(104), at(105)) == HearingLog::Loss::no_room));
    hear(106);
    auto const heard = take(110);
    BOOST_REQUIRE(heard.has_value());
    BOOST_TEST(heard->listened_ms == 5000U);
    BOOST_TEST(heard->flows.size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_was_lost_is_said_of_each_packet) {
    using Loss = HearingLog::Loss;
    take(100);
    BOOST_TEST((log.hear(from_target(), at(101), at(101)) == Loss::none));
    BOOST_TEST((log.hear(from_target(), at(101), at(103)) == Loss::read_late));
    for (std::uint16_t id = 0; id < 4096; ++id)
        hear(104, from_target(id));
    BOOST_TEST((log.hear(from_target(4096), at(105), at(105)) == Loss::too_much_from_one));
}

BOOST_AUTO_TEST_CASE(a_visit_is_found_again_behind_others_that_were_read_late) {
    take(100);
    hear(101);
    log.hear(from_target(24002), at(100.2), at(101.1));
    log.hear(from_target(24003), at(100.2), at(101.15));
    log.hear(from_target(), at(101.95), at(102.9));
    auto const heard = take(110);
    BOOST_REQUIRE(heard.has_value());
    BOOST_REQUIRE(heard->flows.size() == 3U);
    BOOST_TEST(heard->flows[2].packets == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
