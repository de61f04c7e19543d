#include "log_check.hpp"

#include "odd_traces.hpp"
#include "store_fixture.hpp"

#include <set>

using namespace dtrace;
using namespace dtrace::test;

namespace {

/// A database as it lies there after its process was killed, with 20 commits in its log.
struct LogCheckFixture : StoreFixture {
    std::set<Uuid> taken;
    std::filesystem::path log_file = folder / "killed.db-wal";
    std::string bytes;

    LogCheckFixture() {
        OddTraces odd{7};
        for (int i = 0; i < 20; ++i) {
            auto const trace = odd.next();
            add({trace});
            taken.insert(trace.id);
        }
        auto const killed = folder / "killed.db";
        std::filesystem::copy_file(file, killed);
        bytes = read_file(file.string() + "-wal");
        store.reset();
        file = killed;
        write_file(log_file, bytes);
    }

    void damage(std::size_t at) {
        bytes[at] = static_cast<char>(bytes[at] ^ 4);
        write_file(log_file, bytes);
    }
    std::size_t held() { return find_all({.limit = 1000}).size(); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(log_check, LogCheckFixture)

BOOST_AUTO_TEST_CASE(a_sound_log_is_taken_whole) {
    BOOST_TEST(store::commits_behind_damage(log_file) == 0U);
    BOOST_TEST(held() == taken.size());
    BOOST_TEST(!store->trouble());
}

BOOST_AUTO_TEST_CASE(commits_that_are_left_out_are_told_and_kept) {
    damage(bytes.size() / 2);
    auto const left_out = store::commits_behind_damage(log_file);
    BOOST_TEST(left_out >= 2U);
    BOOST_TEST(held() < taken.size());
    BOOST_REQUIRE(store->trouble());
    auto const text = store->trouble()->message;
    BOOST_TEST(text.find(std::to_string(left_out) + " commits in its write-ahead log") !=
               std::string::npos);
    BOOST_TEST(log.count("database is damaged") == 1U);
    BOOST_TEST(read_file(log_file.string() + ".damaged") == bytes);
    open();
    BOOST_TEST(!store->trouble(), "it is told again");
}

BOOST_AUTO_TEST_CASE(a_damaged_head_is_told) {
    damage(17);
    BOOST_TEST(store::commits_behind_damage(log_file) >= 20U);
}

BOOST_AUTO_TEST_CASE(a_last_commit_that_was_interrupted_is_no_damage) {
    write_file(log_file, bytes.substr(0, bytes.size() - 1000));
    BOOST_TEST(store::commits_behind_damage(log_file) == 0U);
    damage(bytes.size() - 1);
    BOOST_TEST(store::commits_behind_damage(log_file) == 0U);
    BOOST_TEST(held() == taken.size() - 1);
    BOOST_TEST(!store->trouble());
}

BOOST_AUTO_TEST_CASE(no_log_and_what_is_none) {
    BOOST_TEST(store::commits_behind_damage(folder / "absent") == 0U);
    for (auto const& text : {std::string(), std::string(31, 'x'), std::string(100'000, '\0')}) {
        write_file(folder / "odd", text);
        BOOST_TEST(store::commits_behind_damage(folder / "odd") == 0U);
    }
    write_file(folder / "odd", std::string(100'000, 'x'));
    BOOST_TEST(store::commits_behind_damage(folder / "odd") > 0U);
}

BOOST_AUTO_TEST_SUITE_END()
