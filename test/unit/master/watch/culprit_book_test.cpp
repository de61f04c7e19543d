#include "watch/culprit_book.hpp"

#include <dtrace/json/read.hpp>
#include <dtrace/json/write.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace dtrace;
using namespace dtrace::master;

BOOST_AUTO_TEST_SUITE(culprit_book)

namespace {

Timestamp const start(seconds(1'790'000'000));

analysis::Place place(std::string const& address) {
    return {.addresses = {parse<IpAddress>(address).value()}};
}

analysis::Culprit culprit(std::vector<std::string> const& path, double loss = 0.1) {
    analysis::Culprit made;
    made.segment = {place(path.front()), place(path.back())};
    for (std::size_t i = 1; i < path.size(); ++i)
        made.links.push_back({place(path[i - 1]), place(path[i])});
    made.loss = {loss, loss / 2, loss * 2};
    made.probes = 2;
    made.flows = 8;
    made.witnesses = {
        {.probe = "n2", .target = parse<IpAddress>("198.51.100.9").value(), .sent = 50},
        {.probe = "n1", .target = parse<IpAddress>("198.51.100.9").value(), .sent = 70}};
    return made;
}

/// The access of a probe, which leads to a router.
analysis::Culprit access(std::string const& probe, std::string const& router, double loss = 0.1) {
    auto made = culprit({"10.0.0.1", router}, loss);
    made.access = probe;
    made.segment.from = {.addresses = {}, .probe = probe, .silent = {}};
    made.links = {made.segment};
    return made;
}

struct Book : CulpritBook {
    Timestamp now = start;
    std::vector<Event> events{};
    std::vector<CulpritRecord> changed{};

    Book() : CulpritBook({.confirm = 2, .close_after = seconds(60)}) {}

    void judge(std::vector<analysis::Culprit> const& accused) {
        std::vector<Accusation> accusations;
        for (auto const& each : accused)
            accusations.push_back({.culprit = each});
        hear(accusations);
    }
    void hear(std::vector<Accusation> const& accusations) {
        auto turn = feed(accusations, now);
        for (auto& event : turn.events)
            events.push_back(std::move(event));
        changed = std::move(turn.changed);
        now += seconds(15);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(it_remembers_the_course_of_the_loss_in_bounded_room, Book) {
    judge({culprit({"10.0.0.1", "10.0.0.2"}, 0.1)});
    judge({culprit({"10.0.0.1", "10.0.0.2"}, 0.2)});
    judge({culprit({"10.0.0.1", "10.0.0.2"}, 0.3)});
    BOOST_REQUIRE(open().size() == 1U);
    auto const second = CulpritMoment{start + seconds(15), {0.2, 0.1, 0.4}};
    auto const third = CulpritMoment{start + seconds(30), {0.3, 0.15, 0.6}};
    BOOST_TEST((open()[0].course == std::vector{second, third}));
    for (std::size_t i = 0; i < 3 * most_moments; ++i)
        judge({culprit({"10.0.0.1", "10.0.0.2"}, 0.4)});
    auto const& course = open()[0].course;
    BOOST_TEST(course.size() <= most_moments);
    BOOST_TEST(course.size() >= most_moments / 2);
    BOOST_TEST((course.front() == second));
    BOOST_TEST((course.back().at == now - seconds(15)));
    BOOST_TEST(std::ranges::is_sorted(course, {}, &CulpritMoment::at));
}

BOOST_FIXTURE_TEST_CASE(it_opens_by_the_second_verdict_and_closes_after_a_while, Book) {
    auto const it = culprit({"10.0.0.1", "10.0.0.2"});
    judge({it});
    BOOST_TEST(events.empty());
    judge({it});
    BOOST_REQUIRE(events.size() == 1U);
    auto const opened = events[0];
    BOOST_TEST((opened.kind == EventKind::culprit_opened));
    BOOST_TEST((opened.at == start));
    BOOST_TEST((opened.severity == Severity::critical));
    BOOST_TEST((opened.probes == std::vector<std::string>{"n1", "n2"}));
    BOOST_TEST((opened.subject.link == EventLink{"10.0.0.1", "10.0.0.2"}));
    BOOST_TEST(opened.evidence.samples == 120U);
    BOOST_TEST((opened.evidence.culprit == open()[0].id));
    BOOST_TEST(changed.size() == 1U);
    BOOST_TEST((changed[0].opened_by == opened.id));
    for (int i = 0; i < 4; ++i) {
        judge({});
        if (i < 3) BOOST_TEST(events.size() == 1U);
    }
    BOOST_REQUIRE(events.size() == 2U);
    BOOST_TEST((events[1].kind == EventKind::culprit_closed));
    BOOST_TEST((events[1].closes == opened.id));
    BOOST_TEST(open().empty());
    BOOST_TEST(!changed[0].open);
    BOOST_TEST((changed[0].closed_at == events[1].at));
    BOOST_TEST((changed[0].last_seen == start + seconds(15)));
}

BOOST_FIXTURE_TEST_CASE(it_is_told_since_it_began_and_by_its_names, Book) {
    Accusation it{.culprit = culprit({"10.0.0.1", "10.0.0.2"}),
                  .began = start - seconds(40),
                  .names = {{"10.0.0.1", "r1.example"}}};
    hear({it});
    it.began = start - seconds(35);
    hear({it});
    BOOST_REQUIRE(events.size() == 1U);
    BOOST_TEST((events[0].at == start - seconds(40)));
    BOOST_TEST((open()[0].first_seen == start - seconds(40)));
    BOOST_TEST(events[0].summary.starts_with("r1.example → 10.0.0.2 loses 10.0 %"));
    BOOST_TEST((events[0].subject.link == EventLink{"10.0.0.1", "10.0.0.2"}));
    for (int i = 0; i < 5; ++i)
        judge({});
    BOOST_TEST(events.back().summary.starts_with("r1.example → 10.0.0.2 is no longer"));
}

BOOST_FIXTURE_TEST_CASE(what_is_over_closes_and_keeps_its_loss, Book) {
    std::vector<std::string> const path{"10.0.0.1", "10.0.0.2"};
    judge({culprit(path, 0.1)});
    judge({culprit(path, 0.1)});
    Accusation ended{.culprit = culprit(path, 0.2), .began = start, .ended = now};
    hear({ended});
    BOOST_TEST(open()[0].loss.estimate == 0.2);
    ended.culprit.loss.estimate = 0.02;
    ended.began.reset();  // only a part of it is left in the window
    hear({ended, ended});
    BOOST_TEST(changed.size() == 1U);
    BOOST_TEST(open()[0].loss.estimate == 0.2);
    BOOST_TEST(open()[0].course.size() == 1U);
    hear({ended});
    BOOST_TEST(open().size() == 1U);
    hear({ended});
    BOOST_TEST(open().empty());
    BOOST_REQUIRE(events.size() == 2U);
    BOOST_TEST(events[1].before->loss->estimate == 0.2);
    BOOST_TEST(changed.back().loss.estimate == 0.2);
}

BOOST_FIXTURE_TEST_CASE(what_is_over_opens_nothing, Book) {
    for (int i = 0; i < 5; ++i)
        hear({{.culprit = culprit({"10.0.0.1", "10.0.0.2"}), .began = start, .ended = now}});
    BOOST_TEST(events.empty());
}

BOOST_FIXTURE_TEST_CASE(growth_past_a_mark_is_told_once, Book) {
    set_loss_marks({0.05, 0.2});
    auto const losing = [](double loss) { return culprit({"10.0.0.1", "10.0.0.2"}, loss); };
    for (double const loss : {0.1, 0.1, 0.15, 0.25, 0.1, 0.3, 0.02})
        judge({losing(loss)});
    BOOST_REQUIRE(events.size() == 2U);
    auto const& grew = events[1];
    BOOST_TEST((grew.kind == EventKind::culprit_grew));
    BOOST_TEST(grew.before->loss->estimate == 0.1);
    BOOST_TEST(grew.after->loss->estimate == 0.25);
    BOOST_TEST((grew.evidence.culprit == open()[0].id));
    BOOST_TEST(open()[0].worst_loss->estimate == 0.25);
    for (int i = 0; i < 5; ++i)
        judge({});
    BOOST_REQUIRE(events.size() == 3U);
    BOOST_TEST(events[2].before->loss->estimate == 0.02);
    BOOST_TEST(events[2].before->worst_loss->estimate == 0.25);
}

BOOST_FIXTURE_TEST_CASE(its_end_names_the_probes_that_were_named_before, Book) {
    set_loss_marks({0.2});
    auto const seen_by = [](std::string probe, double loss) {
        auto made = culprit({"10.0.0.1", "10.0.0.2"}, loss);
        made.witnesses.resize(1);
        made.witnesses[0].probe = std::move(probe);
        return made;
    };
    judge({seen_by("n1", 0.1)});
    judge({seen_by("n1", 0.1)});
    judge({seen_by("n2", 0.3)});
    judge({seen_by("n3", 0.3)});
    auto const kept = json::read<CulpritRecord>(json::write(open()[0]), json::UnknownKeys::refuse);
    BOOST_REQUIRE(kept);
    restore({*kept});
    for (int i = 0; i < 5; ++i)
        judge({});
    BOOST_REQUIRE(events.size() == 3U);
    using Probes = std::vector<std::string>;
    BOOST_TEST(events[0].probes == Probes{"n1"}, boost::test_tools::per_element());
    BOOST_TEST(events[1].probes == (Probes{"n1", "n2"}), boost::test_tools::per_element());
    // n3, of whom nobody was told, is not named.
    BOOST_TEST(events[2].probes == (Probes{"n1", "n2"}), boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(a_culprit_of_an_earlier_version_grows_from_what_it_lost_then, Book) {
    set_loss_marks({0.2});
    judge({culprit({"10.0.0.1", "10.0.0.2"}, 0.1)});
    judge({culprit({"10.0.0.1", "10.0.0.2"}, 0.1)});
    auto kept = open();
    kept[0].worst_loss.reset();
    restore(std::move(kept));
    judge({culprit({"10.0.0.1", "10.0.0.2"}, 0.3)});
    BOOST_REQUIRE(events.size() == 2U);
    BOOST_TEST(events[1].before->loss->estimate == 0.1);
}

BOOST_FIXTURE_TEST_CASE(an_accusation_that_is_not_repeated_opens_nothing, Book) {
    for (int i = 0; i < 5; ++i) {
        judge({culprit({"10.0.0.1", "10.0.0.2"})});
        judge({culprit({"10.0.0.3", "10.0.0.4"})});
    }
    BOOST_TEST(events.empty());
}

BOOST_FIXTURE_TEST_CASE(it_does_not_flap_while_accused_now_and_then, Book) {
    auto const it = culprit({"10.0.0.1", "10.0.0.2"});
    judge({it});
    for (int i = 0; i < 20; ++i)
        judge(i % 3 == 0 ? std::vector{it} : std::vector<analysis::Culprit>{});
    judge({it});
    judge({it});
    BOOST_TEST(events.size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(it_stays_the_same_one_while_it_is_narrowed_down, Book) {
    auto const wide = culprit({"10.0.0.1", "10.0.0.2", "10.0.0.3"});
    judge({wide});
    judge({wide});
    auto const id = open()[0].id;
    judge({culprit({"10.0.0.2", "10.0.0.3"}, 0.2)});
    BOOST_REQUIRE(open().size() == 1U);
    BOOST_TEST((open()[0].id == id));
    BOOST_TEST(open()[0].loss.estimate == 0.2);
    BOOST_TEST(describe(open()[0].segment.from) == "10.0.0.2");
    BOOST_TEST(events.size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(an_access_is_told_of_and_stays_the_same_whatever_router_it_leads_to, Book) {
    judge({access("n1", "10.0.0.1")});
    judge({access("n1", "10.0.0.1"), access("n2", "10.0.0.1")});
    BOOST_REQUIRE(open().size() == 1U);
    BOOST_TEST(events[0].summary.starts_with("access link probe n1 → 10.0.0.1 loses 10.0 %"),
               events[0].summary);
    BOOST_TEST((events[0].subject.link == EventLink{"probe n1", "10.0.0.1"}));
    auto const kept = json::read<CulpritRecord>(json::write(open()[0]), json::UnknownKeys::refuse);
    BOOST_REQUIRE(kept);
    restore({*kept});
    judge({access("n1", "10.0.0.9")});
    BOOST_REQUIRE(open().size() == 1U);
    BOOST_TEST((open()[0].id == kept->id));
    for (int i = 0; i < 5; ++i)
        judge({});
    BOOST_REQUIRE(events.size() == 2U);
    BOOST_TEST((events[1].kind == EventKind::culprit_closed));
    BOOST_TEST((events[1].closes == events[0].id));
    BOOST_TEST(events[1].summary.starts_with("access link probe n1 → 10.0.0.9 is no longer"),
               events[1].summary);
}

BOOST_AUTO_TEST_CASE(what_is_behind_a_silent_hop_of_an_access_is_not_the_access) {
    analysis::Place const silent{.addresses = {}, .probe = {}, .silent = 1};
    auto behind = access("n1", "10.0.0.1");
    auto const from = behind.segment.from;
    behind.links = {{from, silent}, {silent, place("10.0.0.1")}};
    auto link = culprit({"10.0.0.1", "10.0.0.2"});
    link.links.push_back({silent, place("10.0.0.1")});
    BOOST_TEST(!master::same_culprit(behind, link));
    BOOST_TEST(!master::same_culprit(link, behind));
    BOOST_TEST(master::same_culprit(link, link));
    link.links.push_back(behind.segment);
    BOOST_TEST(master::same_culprit(behind, link));
    BOOST_TEST(master::same_culprit(link, behind));
}

BOOST_FIXTURE_TEST_CASE(a_thousand_accesses_at_once_open_no_more_than_there_is_room_for, Book) {
    std::vector<analysis::Culprit> accused;
    for (int i = 0; i < 1000; ++i)
        accused.push_back(access("n" + std::to_string(i), "10.0.0.1"));
    for (int i = 0; i < 4; ++i)
        judge(accused);
    auto const most = Options{}.most_open;
    BOOST_TEST(open().size() == most);
    BOOST_TEST(events.size() == most);
    // The most certain first.
    BOOST_TEST((open()[0].access == "n0"));
    BOOST_TEST((open().back().access == "n" + std::to_string(most - 1)));
}

BOOST_FIXTURE_TEST_CASE(a_restart_goes_on_with_what_was_open, Book) {
    auto const it = culprit({"10.0.0.1", "10.0.0.2"}, 0.02);
    judge({it});
    judge({it});
    BOOST_TEST((events[0].severity == Severity::warning));
    auto const text = json::write(open()[0]);
    auto const kept = json::read<CulpritRecord>(text, json::UnknownKeys::refuse);
    BOOST_REQUIRE_MESSAGE(kept, text);
    Book again;
    again.restore({*kept});
    again.now = now;
    again.judge({it});
    BOOST_TEST(again.events.empty());
    BOOST_TEST((again.open()[0].first_seen == start));
}

namespace {

analysis::Culprit into_router(std::string const& near) {
    return culprit({near, "10.0.0.3"});
}

/// What is lost before the router 10.0.0.3 or behind it.
analysis::Culprit around_router() {
    auto made = into_router("10.0.0.1");
    made.segment = {
        {.addresses = {parse<IpAddress>("10.0.0.1").value(), parse<IpAddress>("10.0.0.2").value()}},
        place("10.0.0.4")};
    made.links = {{place("10.0.0.1"), place("10.0.0.3")},
                  {place("10.0.0.2"), place("10.0.0.3")},
                  {place("10.0.0.3"), place("10.0.0.4")}};
    return made;
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(what_is_part_of_an_accusation_stays_open, Book) {
    for (int i = 0; i < 2; ++i)
        judge({into_router("10.0.0.1"), into_router("10.0.0.2")});
    BOOST_REQUIRE(open().size() == 2U);
    auto const second = open()[1].id;
    for (int i = 0; i < 10; ++i)
        judge({around_router()});
    BOOST_REQUIRE(open().size() == 2U);
    BOOST_TEST(events.size() == 2U);  // openings
    BOOST_TEST((open()[1].last_seen == now - seconds(15)));
    BOOST_TEST(std::ranges::count(changed, second, &CulpritRecord::id) == 1);
    // Each finds itself again, whichever the verdict tells first.
    judge({into_router("10.0.0.2"), into_router("10.0.0.1")});
    BOOST_REQUIRE(open().size() == 2U);
    BOOST_TEST((open()[0].segment == into_router("10.0.0.1").segment));
    BOOST_TEST((open()[1].segment == into_router("10.0.0.2").segment));
    BOOST_TEST((open()[1].id == second));
    BOOST_TEST((open()[1].course.back().at == now - seconds(15)));
    BOOST_TEST(events.size() == 2U);
}

BOOST_FIXTURE_TEST_CASE(what_splits_off_has_been_there_as_long, Book) {
    for (int i = 0; i < 4; ++i)
        judge({around_router()});
    BOOST_REQUIRE(open().size() == 1U);
    for (int i = 0; i < 2; ++i)
        judge({into_router("10.0.0.1"), into_router("10.0.0.2")});
    BOOST_REQUIRE(open().size() == 2U);
    BOOST_TEST((open()[0].segment == into_router("10.0.0.1").segment));
    BOOST_TEST((open()[1].segment == into_router("10.0.0.2").segment));
    BOOST_TEST((open()[1].first_seen == start));
    BOOST_TEST(events.size() == 2U);
}

BOOST_FIXTURE_TEST_CASE(what_was_changed_twice_is_kept_as_it_is_now, Book) {
    for (int i = 0; i < 2; ++i)
        judge({around_router()});
    judge({culprit({"10.0.0.1", "10.0.0.3", "10.0.0.4"}, 0.1),
           culprit({"10.0.0.2", "10.0.0.3", "10.0.0.4"}, 0.2)});
    BOOST_REQUIRE(open().size() == 1U);
    BOOST_REQUIRE(changed.size() == 1U);
    BOOST_TEST((changed[0].segment == open()[0].segment));
    BOOST_TEST(changed[0].loss.estimate == open()[0].loss.estimate);
}

BOOST_AUTO_TEST_SUITE_END()
