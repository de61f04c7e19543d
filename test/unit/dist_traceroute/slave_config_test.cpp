#include <dtrace/dist_traceroute/slave_config.hpp>

#include <boost/test/unit_test.hpp>

using namespace dtrace;
using namespace dtrace::dist_traceroute;

namespace {

AssignedMeasurement measurement(char const* id, char const* name, char const* target,
                                ProbingParameters parameters = {}) {
    return {.id = *parse<Uuid>(id),
            .name = name,
            .target = target,
            .parameters = parameters,
            .interval_s = 60};
}

constexpr char const* one = "76d96640-d357-47b3-ba50-5248a7604bc9";
constexpr char const* two = "fc06ab7c-ad6f-4837-b2f8-96ef95c4acee";

}  // namespace

BOOST_AUTO_TEST_SUITE(slave_config)

BOOST_AUTO_TEST_CASE(what_a_slave_cannot_measure_is_left_out) {
    Assignment assignment;
    ProbingParameters tcp{.method = Method::tcp};
    ProbingParameters v6{.family = Family::ipv6};
    assignment.measurements = {
        measurement(one, "Tcp", "192.0.2.1", tcp), measurement(one, "Six", "www.example.net", v6),
        measurement(one, "Literal", "2001:db8::1"), measurement(two, "Good", "www.example.net")};
    auto const targets = slave_targets(assignment);
    BOOST_REQUIRE(targets.size() == 1U);
    BOOST_TEST(targets.front().name == "Good");
}

BOOST_AUTO_TEST_CASE(names_are_plain_and_different) {
    Assignment assignment;
    assignment.measurements = {
        measurement(one, "My target-1", "192.0.2.1"), measurement(two, "Mytarget1", "192.0.2.1"),
        measurement(two, "Ümläut", "192.0.2.1"), measurement(two, "--", "192.0.2.1")};
    auto const targets = slave_targets(assignment);
    BOOST_REQUIRE(targets.size() == 4U);
    BOOST_TEST(targets[0].name == "Mytarget1");
    BOOST_TEST(targets[0].measurement == "My target-1");
    BOOST_TEST(targets[1].name == "Mytarget12");
    BOOST_TEST(targets[2].name == "mlut");
    BOOST_TEST(targets[3].name == "Target");
}

BOOST_AUTO_TEST_CASE(parameters_are_those_that_it_accepts) {
    Assignment assignment;
    ProbingParameters few{.attempts = 1, .max_hops = 8, .timeout_ms = 100};
    ProbingParameters many{.attempts = 100, .max_hops = 100, .timeout_ms = 10'000};
    assignment.measurements = {measurement(one, "Few", "192.0.2.1", few),
                               measurement(two, "Many", "192.0.2.2", many)};
    auto const targets = slave_targets(assignment);
    BOOST_TEST(targets[0].retries == 1U);  // 0 counts as missing there
    BOOST_TEST(targets[1].retries == 10U);
    BOOST_TEST(
        first_config(targets) ==
        R"({"Targets":{"76d96640-d357-47b3-ba50-5248a7604bc9":{"Name":"Few","Address":"192.0.2.1"},)"
        R"("fc06ab7c-ad6f-4837-b2f8-96ef95c4acee":{"Name":"Many","Address":"192.0.2.2"}},)"
        R"("Retries":10,"MaxHops":100,"TimeoutMs":10000})");
}

BOOST_AUTO_TEST_CASE(the_last_generation_gets_parameters_for_each_target) {
    Assignment assignment;
    assignment.measurements = {measurement(one, "T", "192.0.2.1")};
    auto const text = last_config(slave_targets(assignment), *parse<Uuid>(two));
    BOOST_TEST(text ==
               "{\n\t\"ID\": \"fc06ab7c-ad6f-4837-b2f8-96ef95c4acee\",\n\t\"Targets\": [\n\t\t{\n"
               "\t\t\t\"ID\": \"76d96640-d357-47b3-ba50-5248a7604bc9\",\n\t\t\t\"Name\": \"T\",\n"
               "\t\t\t\"Address\": \"192.0.2.1\",\n\t\t\t\"Retries\": 2,\n\t\t\t\"MaxHops\": 30,\n"
               "\t\t\t\"TimeoutMs\": 500\n\t\t}\n\t]\n}");
}

BOOST_AUTO_TEST_CASE(no_targets) {
    BOOST_TEST(first_config({}) == R"({"Targets":{},"Retries":1,"MaxHops":30,"TimeoutMs":500})");
    BOOST_TEST(last_config({}, *parse<Uuid>(two)) ==
               "{\n\t\"ID\": \"fc06ab7c-ad6f-4837-b2f8-96ef95c4acee\",\n\t\"Targets\": null\n}");
}

BOOST_AUTO_TEST_SUITE_END()
