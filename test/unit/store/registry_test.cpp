// What every registry promises.

#include "sqlite/sqlite_database.hpp"
#include "store_fixture.hpp"

#include <limits>

using namespace dtrace;
using store::EntryKind;

namespace {

struct RegistryFixture : test::StoreFixture {
    store::Registry& registry() {
        if (!store) open();
        return store->registry();
    }
    std::vector<store::RegistryEntry> entries(EntryKind kind) {
        return value_of(registry().entries(kind)).value();
    }
    void change(std::vector<store::RegistryChange> changes, std::vector<AuditEntry> audit = {}) {
        auto const done = value_of(registry().change(std::move(changes), std::move(audit)));
        BOOST_REQUIRE_MESSAGE(done, done.error().message);
    }
    std::vector<AuditEntry> audit(store::AuditQuery query = {}) {
        return value_of(registry().audit(query)).value().entries;
    }
};

AuditEntry entry(std::string action) {
    return {.at = Timestamp(seconds(1'795'000'000)),
            .user = "ada",
            .token = "ci",
            .address = boost::asio::ip::make_address("2001:db8::1"),
            .action = std::move(action),
            .subject = "n1 \"\xC3\xA9\""};
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(registry, RegistryFixture)

BOOST_AUTO_TEST_CASE(it_begins_empty) {
    for (auto const kind : {EntryKind::user, EntryKind::token, EntryKind::session, EntryKind::probe,
                            EntryKind::measurement, EntryKind::former_measurement})
        BOOST_TEST(entries(kind).empty());
    BOOST_TEST(audit().empty());
}

BOOST_AUTO_TEST_CASE(entries_are_told_apart_by_kind_and_key_and_survive) {
    change(
        {{EntryKind::user, "b", "{}"}, {EntryKind::user, "a", "1"}, {EntryKind::probe, "a", "2"}});
    change({{EntryKind::user, "b", "{\"x\":1}"}});
    std::vector<store::RegistryEntry> const users{{"a", "1"}, {"b", "{\"x\":1}"}};
    BOOST_TEST((entries(EntryKind::user) == users));
    open();
    BOOST_TEST((entries(EntryKind::user) == users));
    change({{EntryKind::user, "a", std::nullopt}, {EntryKind::user, "never", std::nullopt}});
    BOOST_TEST(entries(EntryKind::user).size() == 1U);
    BOOST_TEST(entries(EntryKind::probe).size() == 1U);
}

BOOST_AUTO_TEST_CASE(the_audit_log_is_read_from_its_end) {
    change({{EntryKind::user, "a", "1"}}, {entry("one"), entry("two")});
    change({}, {entry("three")});
    open();
    auto const all = audit();
    BOOST_REQUIRE(all.size() == 3);
    auto expected = entry("three");
    expected.id = all[0].id;
    BOOST_TEST((all[0] == expected));
    BOOST_TEST(all[1].action == "two");
    BOOST_TEST(all[2].action == "one");
    BOOST_TEST(all[2].id < all[1].id);
    auto const older = audit({.before = all[0].id, .limit = 1});
    BOOST_REQUIRE(older.size() == 1);
    BOOST_TEST(older[0].action == "two");
    BOOST_TEST(audit({.before = std::numeric_limits<std::uint64_t>::max(), .limit = 9}).size() ==
               3U);
    BOOST_TEST(audit({.before = 0, .limit = 9}).empty());
}

BOOST_AUTO_TEST_CASE(a_damaged_entry_ends_no_page_of_the_audit_log) {
    change({}, {entry("one"), entry("two"), entry("three"), entry("four"), entry("five")});
    BOOST_TEST(!store->trouble());
    store.reset();
    auto const database = store::Database::open(file).value();
    database->execute("UPDATE audit_entry SET content = '{' WHERE id IN (2, 4)");
    BOOST_REQUIRE(!database->failed());
    std::string actions;
    std::size_t unreadable = 0;
    std::size_t pages = 0;
    store::AuditQuery query{.before = std::nullopt, .limit = 2};
    do {
        auto const page = value_of(registry().audit(query)).value();
        BOOST_TEST(page.entries.size() + page.unreadable.count <= 2U);
        for (auto const& each : page.entries)
            actions += each.action + ' ';
        unreadable += page.unreadable.count;
        query.before = page.next;
        ++pages;
    } while (query.before);
    BOOST_TEST(actions == "five three one ");
    BOOST_TEST(unreadable == 2U);
    BOOST_TEST(pages == 3U);
    BOOST_TEST(store->trouble().has_value());
    BOOST_TEST(log.count("database is damaged") == 1U);
}

BOOST_AUTO_TEST_CASE(damage_met_above_is_trouble) {
    BOOST_TEST(entries(EntryKind::user).empty());
    store->tell_damage(make_error(boost::system::errc::bad_message, "user ada makes no sense"));
    BOOST_REQUIRE(store->trouble());
    BOOST_TEST(store->trouble()->message == "user ada makes no sense");
}

BOOST_AUTO_TEST_SUITE_END()
