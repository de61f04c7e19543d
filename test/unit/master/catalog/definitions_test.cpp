#include "catalog/definitions.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>

using namespace dtrace;
using namespace dtrace::master;

namespace {

struct DefinitionsFixture {
    LoginBook book;
    AssignmentBoard board;
    Definitions definitions{book, board};
    TimePoint now{};

    DefinitionsFixture() {
        definitions.set_file_probes(
            {{.name = "a", .password = "1", .password_hash = {}, .tags = {"eu"}},
             {.name = "b", .password = "2", .password_hash = {}, .tags = {"eu"}}});
        Measurement mesh = measurement("mesh");
        mesh.mesh = "eu";
        definitions.set_file_measurements({mesh}, std::nullopt);
    }

    static Measurement measurement(std::string const& name) {
        Measurement made;
        made.id = make_uuid_from_name(name);
        made.name = name;
        made.target = "192.0.2.9";
        return made;
    }
    bool a_comes_from(std::string const& address) {
        now += std::chrono::minutes(1);
        return definitions.saw("a", boost::asio::ip::make_address(address), now);
    }
    /// Where the mesh measures it.
    std::string address_of_a() const {
        auto const assignment = board.assignment("b");
        return assignment->measurements.empty() ? "" : assignment->measurements.at(0).target;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(the_definitions, DefinitionsFixture)

BOOST_AUTO_TEST_CASE(a_probe_behind_two_addresses_stays_where_it_was_seen_first) {
    BOOST_TEST(a_comes_from("192.0.2.1"));
    BOOST_TEST(address_of_a() == "192.0.2.1");
    for (int i = 0; i < 20; ++i)
        BOOST_TEST(!a_comes_from(i % 3 == 0 ? "192.0.2.1" : "192.0.2.2"));
    BOOST_TEST(address_of_a() == "192.0.2.1");
}

BOOST_AUTO_TEST_CASE(a_probe_that_has_moved_is_measured_where_it_is) {
    BOOST_TEST(a_comes_from("192.0.2.1"));
    for (int minute = 0; minute < 5; ++minute)
        BOOST_TEST(!a_comes_from("::ffff:192.0.2.2"));
    BOOST_TEST(a_comes_from("192.0.2.2"));
    BOOST_TEST(address_of_a() == "192.0.2.2");
    BOOST_TEST(!a_comes_from("127.0.0.1"));
}

BOOST_AUTO_TEST_CASE(where_a_removed_probe_came_from_is_forgotten) {
    BOOST_TEST(a_comes_from("192.0.2.1"));
    definitions.set_file_probes({});
    definitions.set_file_probes(
        {{.name = "a", .password = "1", .password_hash = {}, .tags = {"eu"}},
         {.name = "b", .password = "2", .password_hash = {}, .tags = {"eu"}}});
    BOOST_TEST(address_of_a() == "");
    BOOST_TEST(a_comes_from("192.0.2.2"));
    BOOST_TEST(address_of_a() == "192.0.2.2");
}

BOOST_AUTO_TEST_CASE(a_measurement_of_the_file_is_found_by_its_id) {
    std::vector<Measurement> many;
    for (int i = 0; i < 50; ++i)
        many.push_back(measurement(std::to_string(i)));
    definitions.set_file_measurements(many, std::nullopt);
    for (auto const& each : many)
        BOOST_TEST((definitions.file_measurement(each.id)->name == each.name));
    BOOST_TEST(!definitions.file_measurement(make_uuid_from_name("none")));
}

BOOST_AUTO_TEST_SUITE_END()
