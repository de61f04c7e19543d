#include "catalog/load_registry.hpp"

#include "api_fixture.hpp"

#include <dtrace/json/write.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

using namespace dtrace;
using namespace dtrace::test;
using store::EntryKind;

namespace {

struct LoadRegistryFixture : ApiFixture {
    void keep_probe(std::string name) {
        master::ProbeDefinition probe;
        probe.name = std::move(name);
        store.kept_entries[{EntryKind::probe, probe.name}] = json::write(probe);
    }
    std::string keep_measurement(std::string const& name) {
        auto const id = make_uuid_from_name(name);
        master::MeasurementDefinition definition;
        definition.measurement = measurement(id, name);
        auto const key = std::string(to_text(id));
        store.kept_entries[{EntryKind::measurement, key}] = json::write(definition);
        return key;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(load_registry, LoadRegistryFixture)

BOOST_AUTO_TEST_CASE(damaged_definitions_are_left_out_and_told) {
    keep_probe("n3");
    keep_probe("n4");
    keep_measurement("sound");
    auto const damaged = keep_measurement("damaged");
    store.kept_entries.at({EntryKind::probe, "n3"}).pop_back();
    store.kept_entries.at({EntryKind::measurement, damaged}) = "{}";

    auto const left_out = value_of(master::load_definitions(store, definitions, board));
    BOOST_REQUIRE(left_out);
    BOOST_REQUIRE(left_out->size() == 2U);
    master::note_damaged(*left_out, definitions, log);
    BOOST_TEST(log.text().find("key=n3") != std::string::npos);
    BOOST_TEST(log.text().find("key=" + damaged) != std::string::npos);
    BOOST_REQUIRE(store.told_damage);
    BOOST_TEST(
        contains(store.told_damage->message, "the database is damaged: measurement " + damaged),
        store.told_damage->message);
    BOOST_TEST(!book.contains("n3"));
    BOOST_TEST(book.contains("n4"));
    BOOST_TEST(definitions.find("sound").has_value());
    BOOST_TEST(!definitions.find("damaged").has_value());
    BOOST_TEST(board.knows(*parse<Uuid>(damaged)));  // its traces are welcome
}

BOOST_AUTO_TEST_CASE(traces_are_welcome_of_a_mesh_that_is_damaged_or_has_a_damaged_probe) {
    keep_probe("n3");
    keep_probe("n4");
    store.kept_entries.at({EntryKind::probe, "n3"}).pop_back();
    auto const damaged = *parse<Uuid>(keep_measurement("damaged"));
    store.kept_entries.at({EntryKind::measurement, to_text(damaged)}) = "{}";
    master::MeasurementDefinition sound;
    sound.measurement = measurement(make_uuid_from_name("sound"), "sound");
    sound.measurement.mesh = "eu";
    auto const& mesh = sound.measurement.id;
    store.kept_entries[{EntryKind::measurement, to_text(mesh)}] = json::write(sound);

    BOOST_REQUIRE(value_of(master::load_definitions(store, definitions, board)));
    for (auto const* const probe : {"n3", "n4"}) {
        BOOST_TEST(board.knows(master::mesh_part({damaged, "damaged"}, probe).id), probe);
    }
    BOOST_TEST(board.knows(master::mesh_part({mesh, "sound"}, "n3").id));
    BOOST_TEST(!board.knows(master::mesh_part({mesh, "sound"}, "n4").id));  // is none of it
}

BOOST_AUTO_TEST_CASE(nobody_logs_in_by_half_of_what_is_known) {
    store.kept_entries[{EntryKind::user, "ada"}] = "{";
    auto const read = value_of(master::load_accounts(store, accounts));
    BOOST_REQUIRE(!read);
    BOOST_TEST(contains(read.error().message, "the database is damaged: user ada: "));
}

BOOST_AUTO_TEST_SUITE_END()
