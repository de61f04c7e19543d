#include "retry.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace dtrace;
using namespace dtrace::probe;

namespace {

http::ClientResponse answer(unsigned status, http::Headers headers = {}, std::string body = {}) {
    return {status, std::move(headers), std::move(body)};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(retry)

BOOST_AUTO_TEST_CASE(back_off_grows_to_its_limit_with_jitter) {
    BackoffLimits const limits{seconds(1), seconds(60)};
    std::vector<Duration> longest(12);
    std::set<Duration> different;
    for (std::uint64_t seed = 0; seed < 500; ++seed) {
        Backoff backoff(limits, seed);
        for (auto& each : longest) {
            auto const wait = backoff.next();
            BOOST_TEST((wait >= milliseconds(125)));
            different.insert(wait);
            each = std::max(each, wait);
        }
    }
    Duration ceiling = seconds(1);
    for (auto const& each : longest) {
        BOOST_TEST((each <= ceiling));
        BOOST_TEST((each > ceiling * 9 / 10));
        ceiling = std::min<Duration>(ceiling * 2, seconds(60));
    }
    BOOST_TEST(different.size() > 5900U);
}

BOOST_AUTO_TEST_CASE(back_off_starts_again_after_a_success) {
    Backoff backoff({seconds(1), seconds(60)}, 1);
    for (int i = 0; i < 20; ++i)
        static_cast<void>(backoff.next());
    BOOST_TEST(backoff.failures() == 20U);
    backoff.reset();
    BOOST_TEST(backoff.failures() == 0U);
    BOOST_TEST((backoff.next() <= seconds(1)));
}

BOOST_AUTO_TEST_CASE(unending_failures_do_not_overflow) {
    Backoff backoff({seconds(1), std::chrono::hours(24 * 365)}, 1);
    for (int i = 0; i < 1000; ++i)
        BOOST_TEST((backoff.next() > Duration::zero()));
}

BOOST_AUTO_TEST_CASE(wrong_credentials_are_said_and_retried_slowly) {
    for (unsigned status : {401U, 403U}) {
        auto const failure = failure_of(answer(status), RetryLimits{});
        BOOST_TEST(failure.reason.find("password") != std::string::npos);
        BOOST_TEST((failure.at_least == seconds(30)));
    }
    auto const slowed = failure_of(answer(401, {{"Retry-After", "90"}}), RetryLimits{});
    BOOST_TEST((slowed.at_least == seconds(90)));
}

BOOST_AUTO_TEST_CASE(retry_after_is_respected_within_reason) {
    auto const at_least = [](std::string value) {
        return failure_of(answer(503, {{"Retry-After", std::move(value)}}), RetryLimits{}).at_least;
    };
    BOOST_TEST((at_least("7") == seconds(7)));
    BOOST_TEST((at_least("0") == seconds(0)));
    BOOST_TEST((at_least("999999") == std::chrono::minutes(10)));
    BOOST_TEST((at_least("99999999999999999999") == std::chrono::minutes(10)));
    for (auto const* nonsense : {"", "-5", "5 s", "soon", "Fri, 31 Dec 1999 23:59:59 GMT"})
        BOOST_TEST((at_least(nonsense) == seconds(0)), nonsense);
    auto const until = [](std::string date, char const* now = "Sun, 22 Nov 2026 14:00:00 GMT") {
        return failure_of(answer(503, {{"Retry-After", std::move(date)}, {"Date", now}}),
                          RetryLimits{})
            .at_least;
    };
    BOOST_TEST((until("Sun, 22 Nov 2026 14:01:30 GMT") == seconds(90)));
    BOOST_TEST((until("Sun, 22 Nov 2026 13:00:00 GMT") == seconds(0)));
    BOOST_TEST((until("Sun, 22 Nov 9999 13:00:00 GMT") == std::chrono::minutes(10)));
    BOOST_TEST((until("Sun, 22 Nov 2026 14:01:30 GMT", "today") == seconds(0)));
    Retry retry(RetryLimits{}, 1);
    auto const wait = retry.after({"busy", seconds(7)});
    BOOST_TEST((wait > seconds(7)));
    BOOST_TEST((wait <= seconds(8)));
}

BOOST_AUTO_TEST_CASE(the_reason_tells_what_the_master_said) {
    auto const failure = failure_of(
        answer(500, {}, R"({"title":"Disk full","detail":"no space\non /var","status":500})"),
        RetryLimits{});
    BOOST_TEST(failure.reason == "HTTP 500: Disk full: no space on /var");
    BOOST_TEST(failure_of(answer(500, {}, "<html>"), RetryLimits{}).reason == "HTTP 500");
    auto const flood = failure_of(
        answer(500, {}, R"({"title":")" + std::string(5000, 'x') + R"("})"), RetryLimits{});
    BOOST_TEST(flood.reason.size() < 400U);
}

BOOST_AUTO_TEST_SUITE_END()
