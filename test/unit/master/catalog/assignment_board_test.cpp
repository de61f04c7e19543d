#include "catalog/assignment_board.hpp"

#include "board_probes.hpp"

#include <dtrace/json/read.hpp>
#include <dtrace/json/write.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

using namespace dtrace;
using dtrace::master::AssignmentBoard;

BOOST_AUTO_TEST_SUITE(assignment_board)

namespace {

Measurement measurement(std::string const& name, std::vector<std::string> probes = {}) {
    return {.id = make_uuid_from_name(name),
            .name = name,
            .target = name + ".example.net",
            .parameters = {},
            .interval_s = 60,
            .probes = std::move(probes),
            .tags = {}};
}

std::vector<std::string> names_of(Assignment const& assignment) {
    std::vector<std::string> names;
    for (auto const& each : assignment.measurements)
        names.push_back(each.name);
    std::sort(names.begin(), names.end());
    return names;
}

struct Board : AssignmentBoard {
    Board() {
        place(test::board_probes({"a", "b"}));
        set_measurements({measurement("all"), measurement("only-a", {"a"})}, std::nullopt);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(each_probe_gets_its_share, Board) {
    BOOST_TEST((names_of(*assignment("a")) == std::vector<std::string>{"all", "only-a"}));
    BOOST_TEST((names_of(*assignment("b")) == std::vector<std::string>{"all"}));
    BOOST_TEST(!assignment("c"));
    BOOST_TEST(revision("c") == 0U);
    BOOST_TEST(measurement_count("a") == 2U);
    BOOST_TEST(assignment("a")->probe == "a");
    BOOST_TEST(assignment("a")->revision == revision("a"));
    BOOST_TEST(assignment("a")->measurements.front().target.ends_with(".example.net"));
}

BOOST_FIXTURE_TEST_CASE(a_revision_is_the_same_after_a_restart, Board) {
    Board again;
    BOOST_TEST(again.revision("a") == revision("a"));
    BOOST_TEST(again.revision("b") == revision("b"));
    BOOST_TEST(revision("a") != revision("b"));
}

BOOST_FIXTURE_TEST_CASE(a_revision_changes_for_whom_the_content_changes_and_only_then, Board) {
    auto const a = revision("a");
    auto const b = revision("b");

    set_measurements({measurement("only-a", {"a"}), measurement("all")}, std::nullopt);
    BOOST_TEST(revision("a") == a);

    auto changed = measurement("only-a", {"a"});
    changed.parameters.flows = 2;
    set_measurements({measurement("all"), changed}, std::nullopt);
    BOOST_TEST(revision("a") != a);
    BOOST_TEST(revision("b") == b);

    // Tags and the other probes of a measurement are not part of the assignment.
    auto same = measurement("only-a", {"c", "a"});
    same.tags = {"x"};
    set_measurements({measurement("all"), same}, std::nullopt);
    BOOST_TEST(revision("a") == a);

    set_measurements({measurement("all"), measurement("only-a", {"a"})}, "http://collector/");
    BOOST_TEST(revision("b") != b);
    BOOST_TEST(*assignment("b")->report_url == "http://collector/");

    place(test::board_probes({"b"}));
    BOOST_TEST(revision("a") == 0U);
}

BOOST_AUTO_TEST_CASE(a_revision_is_never_zero_and_exact_in_every_json_reader) {
    AssignmentBoard board;
    board.place(test::board_probes({"a"}));
    BOOST_TEST(board.revision("a") != 0U);
    for (int i = 0; i < 200; ++i) {
        board.set_measurements({measurement(std::to_string(i))}, std::nullopt);
        auto const revision = board.revision("a");
        BOOST_TEST(revision != 0U);
        BOOST_TEST(revision < (1ULL << 53));
    }
}

BOOST_FIXTURE_TEST_CASE(an_assignment_survives_json, Board) {
    auto const before = *assignment("a");
    auto const after = json::read<Assignment>(json::write(before), json::UnknownKeys::refuse);
    BOOST_REQUIRE(after.has_value());
    BOOST_TEST((*after == before));
}

BOOST_FIXTURE_TEST_CASE(former_measurements_are_still_known, Board) {
    auto const gone = measurement("only-a").id;
    set_measurements({measurement("all")}, std::nullopt);
    BOOST_TEST(knows(gone));
    BOOST_TEST(knows(measurement("all").id));
    BOOST_TEST(!knows(measurement("never").id));
    BOOST_TEST((find_measurement("only-a") == gone));
    BOOST_TEST(!find_measurement("never"));

    add_former({{.id = measurement("long ago").id, .name = "long ago"}});
    BOOST_TEST(knows(measurement("long ago").id));
}

BOOST_FIXTURE_TEST_CASE(a_present_name_wins_over_a_former_one, Board) {
    auto renamed = measurement("other");
    renamed.name = "only-a";
    set_measurements({renamed}, std::nullopt);
    BOOST_TEST((find_measurement("only-a") == renamed.id));
}

BOOST_FIXTURE_TEST_CASE(probes_that_nobody_is_are_told, Board) {
    BOOST_TEST(missing_probes().empty());
    set_measurements({measurement("x", {"a", "z", "y"}), measurement("w", {"z"})}, std::nullopt);
    BOOST_TEST((missing_probes() == std::vector<std::string>{"y", "z"}));
}

BOOST_FIXTURE_TEST_CASE(who_would_have_too_much_to_do_is_told, Board) {
    // 60,000 packets a round: a probe can do ten of them a minute.
    auto heavy = measurement("heavy", {"b"});
    heavy.parameters = {.flows = 200, .attempts = 10, .max_hops = 30};
    auto few = measurement("few");
    std::vector<Measurement> all{few};
    for (int i = 0; i < 9; ++i) {
        auto each = heavy;
        each.id = make_uuid_from_name("heavy " + std::to_string(i));
        all.push_back(each);
    }
    set_measurements(all, std::nullopt);
    BOOST_TEST(overloaded().empty());
    BOOST_TEST(find_overloaded(heavy).value_or("nobody") == "b");
    heavy.parameters.flows = 199;
    BOOST_TEST(find_overloaded(heavy).value_or("nobody") == "nobody");
    // In the place of another, it counts once.
    heavy.id = all.back().id;
    heavy.interval_s = 31;
    BOOST_TEST(!find_overloaded(heavy));
    heavy.interval_s = 29;
    BOOST_TEST(find_overloaded(heavy).value_or("nobody") == "b");

    // What a file demands is told, and may become less over the API.
    for (auto& each : all)
        each.interval_s = 30;
    set_measurements(all, std::nullopt);
    BOOST_TEST(overloaded() == std::vector<std::string>{"b"}, boost::test_tools::per_element());
    heavy.interval_s = 60;
    BOOST_TEST(!find_overloaded(heavy));
    BOOST_TEST(find_overloaded(measurement("more")).value_or("nobody") == "b");
}

BOOST_AUTO_TEST_CASE(a_part_of_a_mesh_is_known_before_its_probe_has_an_address) {
    AssignmentBoard board;
    Measurement mesh = measurement("mesh");
    mesh.target.clear();
    mesh.mesh = "eu";
    std::vector<master::BoardProbe> probes{{"a", {"eu"}, std::nullopt},
                                           {"b", {"eu"}, parse<IpAddress>("192.0.2.2").value()},
                                           {"c", {"us"}, std::nullopt}};
    auto const part = [&](std::string const& probe) {
        return make_uuid_from_name("mesh " + to_text(mesh.id) + ' ' + probe);
    };
    board.place(probes);
    board.set_measurements({mesh}, std::nullopt);
    BOOST_TEST(board.measurements().size() == 1U);  // that of b
    BOOST_TEST(board.knows(part("a")));
    BOOST_TEST(board.knows(part("b")));
    BOOST_TEST(!board.knows(part("c")));
    BOOST_TEST((board.find_measurement("mesh/a") == part("a")));
}

BOOST_AUTO_TEST_CASE(a_mesh_weighs_on_each_of_its_probes) {
    AssignmentBoard board;
    std::vector<master::BoardProbe> probes;
    for (int i = 0; i < 4; ++i)
        probes.push_back({.name = "n" + std::to_string(i),
                          .tags = {"eu"},
                          .address = IpV4(0xC0000201U + static_cast<std::uint32_t>(i))});
    board.place(probes);
    Measurement mesh = measurement("mesh");
    mesh.target.clear();
    mesh.mesh = "eu";
    mesh.parameters = {.flows = 200, .attempts = 10, .max_hops = 30};
    mesh.interval_s = 18;
    BOOST_TEST(!board.find_overloaded(mesh));
    mesh.interval_s = 17;
    BOOST_TEST(board.find_overloaded(mesh).value_or("nobody") == "n0");
}

BOOST_AUTO_TEST_SUITE_END()
