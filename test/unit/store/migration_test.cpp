#include "older_layouts.hpp"
#include "sqlite/sqlite_schema.hpp"
#include "upkeep_fixture.hpp"

#include <algorithm>

using namespace dtrace;
using namespace dtrace::store;
using namespace dtrace::test;

namespace {

using std::chrono::hours;
using std::chrono::minutes;

/// Tables with their columns, and indices with theirs: what plans of queries depend on.
std::vector<std::string> layout_of(std::filesystem::path const& file) {
    sqlite3* handle = nullptr;
    BOOST_REQUIRE(sqlite3_open(file.c_str(), &handle) == SQLITE_OK);
    std::vector<std::string> rows;
    auto const add = [](void* out, int count, char** columns, char**) {
        std::string row;
        for (int i = 0; i < count; ++i)
            row += std::string(columns[i] != nullptr ? columns[i] : "-") + '|';
        static_cast<std::vector<std::string>*>(out)->push_back(std::move(row));
        return 0;
    };
    for (auto const* sql :
         {"SELECT t.name, t.wr, t.strict, c.name, c.type, c.[notnull], c.dflt_value, c.pk"
          " FROM pragma_table_list AS t, pragma_table_info(t.name) AS c ORDER BY t.name, c.cid",
          "SELECT t.name, i.name, i.[unique], i.origin, i.partial, c.name, c.[desc], c.key"
          " FROM pragma_table_list AS t, pragma_index_list(t.name) AS i,"
          " pragma_index_xinfo(i.name) AS c ORDER BY t.name, i.name, c.seqno"})
        BOOST_TEST(sqlite3_exec(handle, sql, add, &rows, nullptr) == SQLITE_OK);
    sqlite3_close(handle);
    return rows;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(migration, UpkeepFixture)

BOOST_AUTO_TEST_CASE(a_file_of_every_layout_gets_the_tables_and_indices_of_a_new_one) {
    open();
    store.reset();
    auto const fresh = layout_of(file);
    BOOST_TEST(fresh.size() > 100U);
    for (std::size_t version = 1; version <= older_layouts.size(); ++version) {
        change_file(back_to_layout(version).c_str());
        BOOST_TEST((layout_of(file) != fresh), version);
        open();
        store.reset();
        BOOST_TEST_CONTEXT("layout " << version)
        BOOST_TEST(layout_of(file) == fresh, boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(a_file_of_every_layout_is_brought_up_to_date) {
    BOOST_REQUIRE(older_layouts.size() + 1 == static_cast<std::size_t>(schema_version()));
    auto odd = trace(noon + minutes(1));
    odd.id = make_uuid_from_name("not of version 7");
    auto last = trace(at("2031-01-01T00:30:00Z"));
    std::vector<Trace> const all{trace(noon), odd, trace(noon + hours(1)), last};
    for (std::size_t version = 1; version <= older_layouts.size(); ++version) {
        BOOST_TEST_CONTEXT("layout " << version) {
            store.reset();
            std::filesystem::remove(file);
            BOOST_TEST(add(all) == 4U);
            (void)this->all({}, at("2031-01-02T02:00:00Z"));
            store.reset();
            change_file(back_to_layout(version).c_str());

            for (auto const& each : all)
                BOOST_TEST((get(each.id) == each));
            BOOST_TEST(add({odd}) == 0U);
            TraceQuery latest;
            latest.latest = true;
            auto const page = find(latest);
            BOOST_REQUIRE(page.traces.size() == 1U);
            BOOST_TEST((page.traces[0] == last));
            (void)this->all({}, at("2031-01-02T02:00:00Z"));
            BOOST_TEST(history(noon, at("2032-01-01T00:00:00Z")).size() == 3U);
            auto const each_day = by_days(noon - hours(12), at("2032-01-01T00:00:00Z"));
            BOOST_REQUIRE(each_day.size() == 2U);
            BOOST_TEST(each_day[0].rollup.traces == 3U);
            BOOST_TEST((each_day[1].start == at("2031-01-01T00:00:00Z")));
            // Hours that layouts 4 to 7 had summed up have told nothing of hops.
            bool const told = version < 4 || version > 7;
            BOOST_TEST(each_day[0].rollup.hops.size() == (told ? 2U : 0U));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
