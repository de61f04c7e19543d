#include "sqlite/log_check.hpp"

#include "odd_traces.hpp"
#include "store_fixture.hpp"

#include <dtrace/store/database_file.hpp>

#include <set>
#include <vector>

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

BOOST_AUTO_TEST_CASE(a_head_of_zeros_is_told) {
    bytes.replace(0, 4096, 4096, '\0');
    write_file(log_file, bytes);
    BOOST_TEST(store::commits_behind_damage(log_file) >= 19U);
    (void)held();
    BOOST_TEST(store->trouble().has_value());
    BOOST_TEST(read_file(log_file.string() + ".damaged") == bytes);
}

BOOST_AUTO_TEST_CASE(the_log_of_a_linked_database_is_beside_the_database) {
    damage(bytes.size() / 2);
    std::filesystem::create_directory(folder / "links");
    std::filesystem::create_symlink(file, folder / "links" / "linked.db");
    file = folder / "links" / "linked.db";
    (void)held();
    BOOST_TEST(store->trouble().has_value());
    BOOST_TEST(read_file(log_file.string() + ".damaged") == bytes);
}

BOOST_AUTO_TEST_CASE(whoever_opens_the_file_tells_and_keeps_the_log) {
    damage(bytes.size() / 2);
    auto const is_told = [&](std::vector<std::string> const& complaints) {
        BOOST_REQUIRE(!complaints.empty());
        BOOST_TEST(complaints.front().find("commits in its write-ahead log") != std::string::npos);
        BOOST_TEST(read_file(log_file.string() + ".damaged") == bytes);
    };
    auto const as_killed = [&](char const* name) {
        auto const copy = folder / name;
        std::filesystem::copy_file(file, copy);
        log_file = copy.string() + "-wal";
        write_file(log_file, bytes);
        return copy;
    };
    is_told(store::check_file(as_killed("checked.db")).value().complaints);
    is_told(store::read_info(as_killed("looked-at.db")).value().complaints);
    is_told(store::back_up(as_killed("copied.db"), folder / "copy.db").value());
    BOOST_TEST(store::check_file(folder / "copied.db").value().complaints.empty(), "told again");
}

BOOST_AUTO_TEST_CASE(copies_of_earlier_damage_stay_and_are_bounded) {
    write_file(log_file.string() + ".damaged", "the first");
    damage(bytes.size() / 2);
    auto const told = store::set_damaged_log_aside(file);
    BOOST_REQUIRE(told);
    BOOST_TEST(told->message.find(".damaged.2)") != std::string::npos);
    BOOST_TEST(read_file(log_file.string() + ".damaged") == "the first");
    BOOST_TEST(read_file(log_file.string() + ".damaged.2") == bytes);
    for (int i = 0; i < 10; ++i)
        BOOST_TEST(store::set_damaged_log_aside(file).has_value());
    BOOST_TEST(store::set_damaged_log_aside(file)->message.find("no copy is kept") !=
               std::string::npos);
    BOOST_TEST(std::filesystem::exists(log_file.string() + ".damaged.5"));
    BOOST_TEST(!std::filesystem::exists(log_file.string() + ".damaged.6"));
}

BOOST_AUTO_TEST_CASE(what_two_interruptions_leave_is_no_damage) {
    // The last two commits, of which the first is torn, and the second does not go on from it.
    std::size_t const frame = 24 + 4096;
    std::vector<std::size_t> ends;
    for (std::size_t at = 32; at + frame <= bytes.size(); at += frame)
        if (bytes.substr(at + 4, 4) != std::string(4, '\0')) ends.push_back(at + frame);
    BOOST_REQUIRE_GE(ends.size(), 3U);
    auto const last = ends[ends.size() - 2];
    auto const before = ends[ends.size() - 3];
    bytes.resize(ends.back());
    damage(before + 100);
    BOOST_TEST(store::commits_behind_damage(log_file) == 2U, "both of one history");
    damage(last - frame + 16);
    BOOST_TEST(store::commits_behind_damage(log_file) == 0U);
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
