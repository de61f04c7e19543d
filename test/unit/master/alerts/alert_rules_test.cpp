// What is decided about alerts without doing anything: who wants what, when to try again, what the
// message is.

#include "alerts/alert_filter.hpp"
#include "alerts/alert_message.hpp"
#include "alerts/retry_rule.hpp"
#include "alerts/signature.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace dtrace;
using namespace dtrace::master;

namespace {

EventState losing(double loss) {
    return {.loss = EstimateRange{loss, loss / 2, loss * 2}};
}

Event opened(double loss) {
    Event event;
    event.kind = EventKind::culprit_opened;
    event.probes = {"n1", "n2"};
    event.after = losing(loss);
    return event;
}

Event grew(double from, double to) {
    Event event;
    event.kind = EventKind::culprit_grew;
    event.before = losing(from);
    event.after = losing(to);
    return event;
}

Event closed(double last, double worst) {
    Event event;
    event.kind = EventKind::culprit_closed;
    event.before = losing(last);
    event.before->worst_loss = EstimateRange{worst, worst, worst};
    return event;
}

bool told(AlertFilter const& filter, Event const& event, std::set<std::string> const& tags = {}) {
    return wants(filter, event, tags);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(alert_rules)

BOOST_AUTO_TEST_CASE(an_empty_filter_wants_everything) {
    BOOST_TEST(told({}, opened(0.01)));
    BOOST_TEST(told({}, Event{}));
}

BOOST_AUTO_TEST_CASE(kinds_are_those_of_the_list) {
    AlertFilter const filter{.kinds = {EventKind::path_changed}};
    BOOST_TEST(told(filter, Event{}));
    BOOST_TEST(!told(filter, opened(0.5)));
}

BOOST_AUTO_TEST_CASE(
    a_culprit_is_told_when_it_reaches_the_minimum_and_closed_for_whom_it_was_told) {
    AlertFilter const filter{.min_loss = 0.05};
    BOOST_TEST(!told(filter, opened(0.04)));
    BOOST_TEST(told(filter, opened(0.05)));
    BOOST_TEST(told(filter, grew(0.04, 0.06)));
    BOOST_TEST(!told(filter, grew(0.06, 0.2)));  // another receiver's minimum
    BOOST_TEST(!told(filter, grew(0.01, 0.03)));
    BOOST_TEST(told(filter, closed(0.02, 0.06)));
    BOOST_TEST(!told(filter, closed(0.02, 0.03)));
    BOOST_TEST(!told(filter, closed(0.06, 0.03)));  // it grew after it was last told of
    Event older = closed(0.06, 0);
    older.before->worst_loss.reset();
    BOOST_TEST(told(filter, older));
    BOOST_TEST(!told({}, grew(0.01, 0.5)));  // was told when it was opened
    BOOST_TEST(told({}, closed(0.01, 0.01)));
}

BOOST_AUTO_TEST_CASE(the_minimum_is_of_culprits_only) {
    BOOST_TEST(told({.min_loss = 0.5}, Event{}));
}

BOOST_AUTO_TEST_CASE(measurements_narrow_events_that_belong_to_one) {
    Event event;
    event.measurement = MeasurementName{make_uuid_from_name("m"), "Shop"};
    BOOST_TEST(told({.measurements = {"Shop"}}, event));
    BOOST_TEST(told({.measurements = {to_text(make_uuid_from_name("m"))}}, event));
    BOOST_TEST(!told({.measurements = {"Other"}}, event));
    BOOST_TEST(told({.measurements = {"Other"}}, opened(0.1)));
}

BOOST_AUTO_TEST_CASE(probes_and_tags_are_those_that_saw_it) {
    BOOST_TEST(told({.probes = {"n2", "n9"}}, opened(0.1)));
    BOOST_TEST(!told({.probes = {"n9"}}, opened(0.1)));
    BOOST_TEST(told({.tags = {"eu"}}, opened(0.1), {"asia", "eu"}));
    BOOST_TEST(!told({.tags = {"eu"}}, opened(0.1), {"asia"}));
}

BOOST_AUTO_TEST_CASE(an_answer_means_taken_later_or_never) {
    for (unsigned const status : {200U, 201U, 204U, 299U})
        BOOST_TEST((reception_of(status) == Reception::taken), status);
    for (unsigned const status : {400U, 413U, 415U, 422U})
        BOOST_TEST((reception_of(status) == Reception::refused), status);
    for (unsigned const status : {301U, 302U, 401U, 403U, 404U, 408U, 429U, 500U, 503U})
        BOOST_TEST((reception_of(status) == Reception::later), status);
}

BOOST_AUTO_TEST_CASE(waits_double_up_to_five_minutes_less_the_jitter) {
    auto const wait = [](std::uint32_t failures, double chance) {
        return std::chrono::duration<double>(wait_before_retry(failures, chance, {})).count();
    };
    BOOST_TEST(wait(1, 0) == 1);
    BOOST_TEST(wait(2, 0) == 2);
    BOOST_TEST(wait(3, 0) == 4);
    BOOST_TEST(wait(9, 0) == 256);
    BOOST_TEST(wait(10, 0) == 300);
    BOOST_TEST(wait(4'000'000'000, 0) == 300);
    BOOST_TEST(wait(1, 1) == 0.5);
    BOOST_TEST(wait(10, 1) == 150);
}

BOOST_AUTO_TEST_CASE(a_receiver_may_ask_for_a_longer_wait_within_reason) {
    BOOST_TEST((wait_before_retry(1, 0, seconds(120)) == seconds(120)));
    BOOST_TEST((wait_before_retry(5, 0, seconds(1)) == seconds(16)));
    BOOST_TEST((wait_before_retry(1, 0, std::chrono::hours(48)) == std::chrono::hours(1)));
    BOOST_TEST((read_retry_after("17") == seconds(17)));
    for (auto const* text : {"", "-1", "1.5", "Wed, 21 Oct 2026 07:28:00 GMT", "99999999999"})
        BOOST_TEST(!read_retry_after(text), text);
}

BOOST_AUTO_TEST_CASE(the_signature_is_that_of_rfc_4231) {
    BOOST_TEST(hmac_sha256("Jefe", "what do ya want for nothing?") ==
               "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    BOOST_TEST(hmac_sha256(std::string(20, '\x0b'), "Hi There") ==
               "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    BOOST_TEST(hmac_sha256(std::string(131, '\xaa'),
                           "Test Using Larger Than Block-Size Key - Hash Key First") ==
               "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

BOOST_AUTO_TEST_CASE(a_message_says_what_where_and_how_sure) {
    auto event = opened(0.1);
    event.id = make_uuid_from_name("event");
    event.summary = "10.0.0.1 → 10.0.0.2 loses 10 %";
    event.subject.link = EventLink{"10.0.0.1", "10.0.0.2"};
    event.evidence.culprit = make_uuid_from_name("culprit");
    CulpritRecord culprit;
    culprit.witnesses.resize(9);
    for (auto& witness : culprit.witnesses)
        witness = {.probe = "n1", .target = parse<IpAddress>("192.0.2.9").value(), .sent = 70};
    auto const message = message_of(event, &culprit, "https://dtrace.example.net");
    BOOST_TEST(message.text == event.summary);
    BOOST_TEST(message.kind == "culprit_opened");
    BOOST_TEST((message.state == AlertState::opened));
    BOOST_TEST((message.link == event.subject.link));
    BOOST_TEST(message.loss->estimate == 0.1);
    BOOST_REQUIRE(message.witnesses.has_value());
    BOOST_TEST(message.witnesses->size() == 5U);
    BOOST_TEST(message.url.value_or("") == "https://dtrace.example.net/#/paths?culprit=" +
                                               to_text(make_uuid_from_name("culprit")));
}

BOOST_AUTO_TEST_CASE(a_message_without_a_dashboard_has_no_address) {
    BOOST_TEST(!message_of(opened(0.1), nullptr, "").url);
    auto event = closed(0.02, 0.06);
    auto const message = message_of(event, nullptr, "http://x");
    BOOST_TEST((message.state == AlertState::closed));
    BOOST_TEST(message.loss->estimate == 0.02);
    BOOST_TEST(message.url.value_or("") == "http://x/#/events?id=" + to_text(event.id));
}

BOOST_AUTO_TEST_SUITE_END()
