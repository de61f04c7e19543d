#include "change/delay_level.hpp"

#include <dtrace/analysis/rtt_shift.hpp>

#include <boost/test/unit_test.hpp>

#include <path_text.hpp>

#include <algorithm>
#include <functional>
#include <random>
#include <string>
#include <vector>

using namespace dtrace;
using namespace dtrace::analysis;
using namespace dtrace::test;

BOOST_AUTO_TEST_SUITE(rtt_shift)

namespace {

/// A chain of four hops with exponential queues; RTTs in microseconds, one round in 20 seconds.
struct Play {
    RttShift detector;
    Timestamp now{seconds(1'790'000'000)};
    std::vector<Event> events{};
    std::mt19937 random{1};
    double queue_us = 200;

    void minutes(int count, std::vector<int> const& rtts) {
        for (int i = 0; i < 3 * count; ++i, now += seconds(20)) {
            std::string path;
            for (std::size_t hop = 0; hop < rtts.size(); ++hop) {
                std::exponential_distribution<double> queue(1 / queue_us);
                auto const rtt = rtts[hop] + static_cast<int>(queue(random));
                auto const address = hop + 1 == rtts.size() ? std::string("198.51.100.9")
                                                            : "10.0.0." + std::to_string(hop + 1);
                path += address + "@" + std::to_string(rtt) + " ";
            }
            auto trace = trace_of({.paths = {path}, .at = now});
            trace.paths[0].hops[1].answers[0].name = "r2.example";
            for (auto& event : detector.feed(trace))
                events.push_back(std::move(event));
        }
    }
};

std::vector<int> const usual{1000, 5000, 20'000, 30'000};

}  // namespace

BOOST_AUTO_TEST_CASE(a_link_that_takes_longer_is_told_and_its_return_too) {
    Play play;
    play.minutes(60, usual);
    BOOST_TEST(play.events.empty());
    auto const begin = play.now;
    play.minutes(30, {1000, 5000, 28'000, 38'000});
    BOOST_REQUIRE(play.events.size() == 1U);
    auto const event = play.events[0];
    BOOST_TEST((event.kind == EventKind::rtt_shifted));
    BOOST_TEST((event.subject.link == EventLink{"10.0.0.2", "10.0.0.3"}));
    BOOST_TEST(event.summary.find("longer over r2.example > 10.0.0.3: ") != std::string::npos,
               event.summary);
    BOOST_TEST(std::abs(event.before->rtt_us->estimate - 15'000) < 300);
    BOOST_TEST(std::abs(event.after->rtt_us->estimate - 23'000) < 300);
    BOOST_TEST(event.after->rtt_us->low > event.before->rtt_us->high);
    BOOST_TEST((event.at == begin));
    BOOST_TEST(event.evidence.samples >= 10U);
    play.minutes(30, usual);
    BOOST_REQUIRE(play.events.size() == 2U);
    BOOST_TEST((play.events[1].kind == EventKind::rtt_settled));
    BOOST_TEST(play.events[1].summary.starts_with("packets are as quick as usual again"));
}

BOOST_AUTO_TEST_CASE(a_router_that_is_slow_to_answer_is_no_shift) {
    Play play;
    play.minutes(60, usual);
    play.minutes(60, {1000, 5000, 32'000, 30'000});
    play.minutes(60, usual);
    BOOST_TEST(play.events.empty());
}

BOOST_AUTO_TEST_CASE(a_shift_below_a_millisecond_or_within_the_noise_is_none) {
    Play play;
    play.minutes(60, usual);
    play.minutes(60, {1000, 5000, 20'800, 30'800});
    BOOST_TEST(play.events.empty());

    Play noisy;
    noisy.queue_us = 20'000;
    noisy.minutes(60, usual);
    noisy.minutes(60, {1000, 5000, 22'000, 32'000});
    BOOST_TEST(noisy.events.empty());
}

BOOST_AUTO_TEST_CASE(ten_days_of_heavy_queues_bring_few_false_alarms) {
    Play play;
    play.queue_us = 3000;
    play.minutes(10 * 24 * 60, usual);
    // 4 links × 2,880 bins.
    BOOST_TEST(play.events.size() <= 12U);
}

BOOST_AUTO_TEST_CASE(a_level_that_stays_becomes_the_usual_one) {
    Play play;
    play.minutes(60, usual);
    play.minutes(120, {1000, 5000, 28'000, 38'000});
    BOOST_REQUIRE(play.events.size() == 2U);
    BOOST_TEST(play.events[1].summary.ends_with("count as usual from now on"));
    play.minutes(60, {1000, 5000, 28'000, 38'000});
    BOOST_TEST(play.events.size() == 2U);
}

BOOST_AUTO_TEST_CASE(few_samples_make_a_bin_longer_not_wrong) {
    RttShift detector;
    Timestamp now(seconds(1'790'000'000));
    for (int i = 0; i < 200; ++i, now += std::chrono::minutes(1)) {
        auto const* const path =
            i % 2 ? "10.0.0.1@1000 198.51.100.9@2000" : "10.0.0.1@1000 198.51.100.9@9000";
        BOOST_TEST(detector.feed(trace_of({.paths = {path}, .at = now})).empty());
    }
}

BOOST_AUTO_TEST_CASE(memory_is_bounded) {
    RttShift detector({.most_links = 50});
    Timestamp now(seconds(1'790'000'000));
    for (int i = 0; i < 300; ++i, now += seconds(1)) {
        auto const path =
            "10.1." + std::to_string(i / 250) + "." + std::to_string(i % 250) + " 198.51.100.9";
        (void)detector.feed(trace_of({.paths = {path}, .at = now}));
    }
    BOOST_TEST(detector.links() <= 50U);
}

BOOST_AUTO_TEST_CASE(the_median_lies_between_its_bounds) {
    std::vector<std::int64_t> values;
    for (int i = 1; i <= 10; ++i)
        values.push_back(i);
    auto const range = median_range(values);
    BOOST_TEST(range.estimate == 5.5);
    BOOST_TEST(range.low == 3);
    BOOST_TEST(range.high == 8);
    auto const one = median_range({7});
    BOOST_TEST(one.low == 7);
    BOOST_TEST(one.high == 7);
}

BOOST_AUTO_TEST_SUITE_END()
