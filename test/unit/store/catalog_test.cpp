// What every catalog promises.

#include "sqlite/sqlite_database.hpp"
#include "store_fixture.hpp"

#include <sample_trace.hpp>

using namespace dtrace;

namespace {

struct CatalogFixture : test::StoreFixture {
    template <class T>
    std::vector<T> read(boost::asio::awaitable<Result<store::Readable<T>>> operation) {
        auto result = value_of(std::move(operation));
        BOOST_REQUIRE_MESSAGE(result, result.error().message);
        BOOST_TEST(result->unreadable.count == 0U);
        return std::move(result->entries);
    }
    std::string known_names() {
        std::string names;
        for (auto const& [id, name] : read(catalog().known_measurements())) {
            BOOST_TEST((id == make_uuid_from_name(name.substr(0, name.find(' ')))));
            names += name + ", ";
        }
        return names;
    }
    void replace(std::vector<Probe> probes) {
        auto const done = value_of(catalog().replace_probes(std::move(probes)));
        BOOST_REQUIRE_MESSAGE(done, done.error().message);
    }
    void replace(std::vector<Measurement> measurements) {
        auto const done = value_of(catalog().replace_measurements(std::move(measurements)));
        BOOST_REQUIRE_MESSAGE(done, done.error().message);
    }
};

Measurement measurement(std::string const& name) {
    Measurement m;
    m.id = make_uuid_from_name(name);
    m.name = name;
    m.target = name + ".example.net";
    return m;
}

std::vector<Probe> const two_probes{{"zeta", "$argon2id$1", {"b", "a"}}, {"alpha", "", {}}};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(catalog, CatalogFixture)

BOOST_AUTO_TEST_CASE(it_begins_empty) {
    BOOST_TEST(read(catalog().probes()).empty());
    BOOST_TEST(read(catalog().measurements()).empty());
    BOOST_TEST(known_names() == "");
}

BOOST_AUTO_TEST_CASE(probes_come_back_in_their_order) {
    replace(two_probes);
    BOOST_TEST((read(catalog().probes()) == two_probes));
    open();
    BOOST_TEST((read(catalog().probes()) == two_probes));
    std::vector<Probe> const other{{"alpha", "new", {}}, {"\xC3\xA9 '\"", "", {"\n"}}};
    replace(other);
    BOOST_TEST((read(catalog().probes()) == other));
    replace(std::vector<Probe>{});
    BOOST_TEST(read(catalog().probes()).empty());
}

BOOST_AUTO_TEST_CASE(measurements_come_back_whole) {
    auto full = measurement("full");
    full.parameters = {.method = Method::icmp,
                       .family = Family::ipv6,
                       .port = 443,
                       .flows = 16,
                       .attempts = 10,
                       .first_hop = 2,
                       .max_hops = 64,
                       .gap_limit = 0,
                       .timeout_ms = 10'000,
                       .tos = 255};
    full.interval_s = 4'294'967'295;
    full.probes = {"n1", "n2"};
    full.probe_tags = {"eu"};
    full.mesh = "core";
    full.tags = {"a b", ""};
    std::vector<Measurement> const both{full, measurement("bare")};
    replace(both);
    BOOST_TEST((read(catalog().measurements()) == both));
    open();
    BOOST_TEST((read(catalog().measurements()) == both));
}

BOOST_AUTO_TEST_CASE(what_is_gone_is_remembered_by_name) {
    replace(std::vector{measurement("one"), measurement("two"), measurement("three")});
    replace(std::vector{measurement("three"), measurement("one")});
    BOOST_TEST(known_names() == "one, two, three, ");
    BOOST_TEST(
        (read(catalog().measurements()) == std::vector{measurement("three"), measurement("one")}));

    // One that comes back is in force again, under its present name.
    auto again = measurement("two");
    again.name = "two again";
    replace(std::vector{again});
    BOOST_TEST((read(catalog().measurements()) == std::vector{again}));
    BOOST_TEST(known_names() == "one, two again, three, ");
    open();
    BOOST_TEST(known_names() == "one, two again, three, ");
}

BOOST_AUTO_TEST_CASE(history_outlives_its_measurement_and_probe) {
    replace(std::vector<Probe>{{"n1", "", {}}});
    replace(std::vector{measurement("one")});
    auto const trace = test::StablePath(1, 5, 1).next("n1", {make_uuid_from_name("one"), "one"},
                                                      Timestamp(seconds(1'795'000'000)));
    BOOST_TEST(add({trace}) == 1U);
    replace(std::vector<Probe>{});
    replace(std::vector<Measurement>{});
    BOOST_TEST((find({.probe = "n1", .measurement = make_uuid_from_name("one")}).traces ==
                std::vector{trace}));
}

BOOST_AUTO_TEST_CASE(a_damaged_entry_hides_no_other) {
    replace(two_probes);
    replace(std::vector{measurement("one"), measurement("two"), measurement("three")});
    store.reset();
    auto const database = store::Database::open(file).value();
    database->execute("UPDATE registered_probe SET tags = '[' WHERE position = 0");
    database->execute("UPDATE defined_measurement SET parameters = '' WHERE name = 'two'");
    BOOST_REQUIRE(!database->failed());
    auto const probes = value_of(catalog().probes()).value();
    BOOST_TEST((probes.entries == std::vector{two_probes[1]}));
    BOOST_TEST(probes.unreadable.count == 1U);
    auto const measurements = value_of(catalog().measurements()).value();
    BOOST_TEST((measurements.entries == std::vector{measurement("one"), measurement("three")}));
    BOOST_TEST(measurements.unreadable.count == 1U);
    BOOST_TEST(known_names() == "one, two, three, ");
    BOOST_TEST(store->trouble().has_value());
    BOOST_TEST(log.count("database is damaged") == 1U);

    store.reset();
    database->execute(
        "UPDATE measurement SET uuid = x'00' WHERE id = (SELECT max(id) FROM measurement)");
    BOOST_REQUIRE(!database->failed());
    auto const known = value_of(catalog().known_measurements()).value();
    BOOST_TEST(known.entries.size() == 2U);
    BOOST_TEST(known.unreadable.count == 1U);
}

BOOST_AUTO_TEST_CASE(a_name_or_id_given_twice_is_refused) {
    replace(two_probes);
    auto const probes = value_of(catalog().replace_probes({{"a", "", {}}, {"a", "", {}}}));
    BOOST_REQUIRE(!probes);
    BOOST_TEST(probes.error().message == "probe a is given twice");
    BOOST_TEST((read(catalog().probes()) == two_probes));
    auto const measurements = value_of(
        catalog().replace_measurements(std::vector{measurement("one"), measurement("one")}));
    BOOST_REQUIRE(!measurements);
    BOOST_TEST(measurements.error().message.ends_with("is given twice"));
    BOOST_TEST(read(catalog().measurements()).empty());
}

BOOST_AUTO_TEST_CASE(a_thousand_of_each) {
    std::vector<Probe> probes;
    std::vector<Measurement> measurements;
    for (int i = 0; i < 1000; ++i) {
        probes.push_back({"n" + std::to_string(i), "hash", {"t" + std::to_string(i % 7)}});
        measurements.push_back(measurement("m" + std::to_string(i)));
    }
    replace(probes);
    replace(measurements);
    BOOST_TEST((read(catalog().probes()) == probes));
    BOOST_TEST((read(catalog().measurements()) == measurements));
}

BOOST_AUTO_TEST_SUITE_END()
