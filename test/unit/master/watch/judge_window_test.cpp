#include "watch/judge_window.hpp"

#include <dtrace/analysis/verdict_summary.hpp>

#include <boost/test/unit_test.hpp>

#include <path_text.hpp>

#include <algorithm>
#include <random>
#include <string>

using namespace dtrace;
using namespace dtrace::master;
using namespace dtrace::test;

namespace {

constexpr int flows = 16;
constexpr int packets = 10;

/// Two probes that measure each other by different ways. Half of b's flows take a lossy link, as do
/// all answers to a.
struct MeshFixture {
    EvidenceWindow window{{}};
    std::mt19937 random{7};
    Timestamp now{seconds(1'790'000'000)};
    double loss = 0;  ///< of 10.0.2.2 > 10.0.2.3

    std::string answers(std::string const& address, bool lossy) {
        std::binomial_distribution<int> answered(packets, lossy ? 1 - loss : 1);
        return address + ":" + std::to_string(answered(random));
    }

    void add(RoundText text, std::string const& source) {
        auto trace = trace_of(text);
        trace.source = parse<IpAddress>(source).value();
        window.add(trace, now);
    }

    void minutes(int count) {
        for (int i = 0; i < count; ++i, now += std::chrono::minutes(1)) {
            RoundText a{.paths = {}, .at = now, .probe = "a", .target = "192.0.2.2"};
            RoundText b{.paths = {}, .at = now, .probe = "b", .target = "192.0.2.1"};
            a.sent = b.sent = packets;
            for (int flow = 0; flow < flows; ++flow) {
                bool const lossy = flow % 2 == 0;
                a.paths.push_back("10.0.1.1 10.0.1.2 10.0.1.3 " + answers(a.target, true));
                b.paths.push_back("10.0.2.1 " + std::string(lossy ? "10.0.2.2 " : "10.0.2.9 ") +
                                  answers("10.0.2.3", lossy) + " " + answers("10.0.2.4", lossy) +
                                  " " + answers(b.target, lossy));
            }
            add(a, "192.0.2.1");
            add(b, "192.0.2.2");
        }
        window.slide(now);
    }

    Judgement judge() const { return judge_window(window, {}); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(judging_a_window, MeshFixture)

BOOST_AUTO_TEST_CASE(a_way_back_is_explained_in_a_part_of_the_window_too) {
    minutes(4);
    loss = 0.2;
    minutes(4);
    auto const [verdict, traces, accused] = judge();
    BOOST_REQUIRE_MESSAGE(accused.size() == 1U, verdict.summary);
    BOOST_REQUIRE(accused[0].began.has_value());
    BOOST_TEST(analysis::describe(accused[0].culprit.segment) == "10.0.2.2 → 10.0.2.3");
    BOOST_TEST(accused[0].culprit.reason.find("on its way back") != std::string::npos,
               accused[0].culprit.reason);
    BOOST_TEST(verdict.ambiguities.empty());
    BOOST_TEST(traces == 16U);
}

BOOST_AUTO_TEST_CASE(a_verdict_of_the_time_since_counts_the_traces_since) {
    loss = 0.2;
    minutes(4);
    loss = 0;
    minutes(5);
    auto const [verdict, traces, accused] = judge();
    BOOST_REQUIRE(accused.size() == 1U);
    BOOST_REQUIRE(accused[0].ended.has_value());
    BOOST_TEST(verdict.culprits.empty(), verdict.summary);
    BOOST_TEST(traces == 10U);
}

BOOST_AUTO_TEST_SUITE_END()
