#include "io_fixture.hpp"

#include <dtrace/json/read.hpp>
#include <dtrace/json/write.hpp>
#include <dtrace/probe/debug_rounds.hpp>

#include <boost/test/unit_test.hpp>

#include <set>

using namespace dtrace;
using namespace dtrace::probe;

namespace {

Trace made_up(TraceRequest const& request, std::uint64_t seed = 1, std::uint64_t round = 0) {
    return make_debug_trace(request, seed, round, Timestamp(seconds(1'800'000'000)),
                            make_uuid_from_name("trace"));
}

TraceRequest request(std::string host, Method method = Method::udp) {
    TraceRequest made{.host = std::move(host), .parameters = {}, .source = {}};
    made.parameters.method = method;
    return made;
}

bool is_for_documentation(IpAddress const& address) {
    auto const text = to_text(address);
    for (auto const* prefix : {"192.0.2.", "198.51.100.", "203.0.113.", "2001:db8:"})
        if (text.starts_with(prefix)) return true;
    return false;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(debug_rounds)

BOOST_AUTO_TEST_CASE(the_same_arguments_give_the_same_trace) {
    BOOST_TEST((made_up(request("a.example")) == made_up(request("a.example"))));
    BOOST_TEST((made_up(request("a.example"), 1) != made_up(request("a.example"), 2)));
    BOOST_TEST((made_up(request("a.example"), 1, 0) != made_up(request("a.example"), 1, 1)));
}

BOOST_AUTO_TEST_CASE(traces_are_plausible_for_every_method_and_family) {
    std::set<std::size_t> lengths;
    bool silence_seen = false;
    for (auto const method : {Method::udp, Method::tcp, Method::icmp})
        for (int host = 0; host < 40; ++host)
            for (auto const family : {Family::ipv4, Family::ipv6}) {
                auto asked = request("host" + std::to_string(host) + ".example", method);
                asked.parameters.family = family;
                asked.parameters.flows = 4;
                auto const trace = made_up(asked);
                BOOST_TEST((trace.stop_reason == StopReason::completed ||
                            trace.stop_reason == StopReason::hop_limit));
                BOOST_TEST(trace.paths.size() == 4U);
                BOOST_TEST((family_of(*trace.target.address) == family));
                std::uint32_t answered = 0;
                std::uint32_t sent = 0;
                for (auto const& path : trace.paths) {
                    BOOST_TEST(path.source_port.has_value() == (method != Method::icmp));
                    lengths.insert(path.hops.size());
                    for (auto const& hop : path.hops) {
                        sent += hop.sent;
                        answered += static_cast<std::uint32_t>(hop.answers.size());
                        silence_seen |= hop.answers.empty();
                        for (auto const& answer : hop.answers) {
                            BOOST_TEST(is_for_documentation(answer.from));
                            BOOST_TEST(answer.name->ends_with(".made-up.invalid"));
                            BOOST_TEST(answer.rtt_us < trace.took_us);
                        }
                    }
                }
                BOOST_TEST(trace.packets.sent == sent);
                BOOST_TEST(trace.packets.answered == answered);
                auto const again = json::read<Trace>(json::write(trace), json::UnknownKeys::refuse);
                BOOST_TEST((again.value() == trace));
            }
    BOOST_TEST(lengths.size() > 5U);
    BOOST_TEST(silence_seen);
}

BOOST_AUTO_TEST_CASE(a_literal_target_is_its_own_address) {
    auto const trace = made_up(request("2001:db8::77"));
    BOOST_TEST(to_text(*trace.target.address) == "2001:db8::77");
}

BOOST_AUTO_TEST_CASE(max_hops_is_respected) {
    auto asked = request("a.example");
    asked.parameters.max_hops = 3;
    auto const trace = made_up(asked);
    BOOST_TEST(trace.paths[0].hops.size() == 3U);
    BOOST_TEST(!trace.paths[0].reached);
    BOOST_TEST((trace.stop_reason == StopReason::hop_limit));
}

BOOST_FIXTURE_TEST_CASE(rounds_have_ids_of_their_own, test::IoFixture) {
    DebugRounds rounds(1);
    auto const first = value_of(rounds.trace(request("a.example")));
    auto const second = value_of(rounds.trace(request("a.example")));
    BOOST_TEST((first.id != second.id));
    BOOST_TEST((first.started_at <= second.started_at));
}

BOOST_AUTO_TEST_SUITE_END()
