#include "outbox/outbox.hpp"

#include "log_capture.hpp"
#include "temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <set>

using namespace dtrace;
using namespace dtrace::probe;
using dtrace::test::LogCapture;
using dtrace::test::read_file;
using dtrace::test::TempDir;
using dtrace::test::write_file;

namespace {

struct OutboxFixture {
    TempDir dir;
    LogCapture log;
    OutboxLimits limits;

    Outbox open() { return Outbox::open(dir / "outbox", limits, log).value(); }

    std::set<std::string> files() const {
        std::set<std::string> names;
        for (auto const& entry : std::filesystem::directory_iterator(dir / "outbox"))
            names.insert(entry.path().filename().string());
        return names;
    }
};

std::vector<std::string> payloads(Outbox& outbox, std::size_t most = 1'000'000) {
    std::vector<std::string> texts;
    for (auto& item : outbox.front(most, 1 << 30))
        texts.push_back(std::move(item.payload));
    return texts;
}

std::string numbered(int number) {
    return "{\"number\":" + std::to_string(number) + "}";
}

void check(std::vector<std::string> const& got, int first, int last) {
    std::vector<std::string> expected;
    for (int i = first; i <= last; ++i)
        expected.push_back(numbered(i));
    BOOST_TEST(got == expected, boost::test_tools::per_element());
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(outbox, OutboxFixture)

BOOST_AUTO_TEST_CASE(keeps_order_and_forgets_what_is_released) {
    auto box = open();
    for (int i = 1; i <= 10; ++i)
        box.put(numbered(i));
    auto const first = box.front(4, 1 << 20);
    BOOST_REQUIRE(first.size() == 4U);
    box.put(numbered(11));
    box.release(first.back().number);
    check(payloads(box), 5, 11);
    BOOST_TEST(box.counts().waiting == 7U);
    box.release(box.front(100, 1 << 20).back().number);
    BOOST_TEST(box.waiting() == 0U);
    BOOST_TEST(box.counts().waiting_bytes == 0U);
    BOOST_TEST(files().empty(), "an empty outbox has no files");
    BOOST_TEST(log.events().empty());
}

BOOST_AUTO_TEST_CASE(front_is_bounded_in_count_and_bytes) {
    auto box = open();
    box.put(std::string(5000, 'a'));
    for (int i = 0; i < 5; ++i)
        box.put(std::string(100, 'b'));
    BOOST_TEST(box.front(100, 1000).size() == 1U, "a large first one goes alone");
    box.release(box.front(1, 0).back().number);
    BOOST_TEST(box.front(100, 350).size() == 3U);
    BOOST_TEST(box.front(2, 1000).size() == 2U);
    BOOST_TEST(box.front(0, 1000).empty());
}

BOOST_AUTO_TEST_CASE(survives_a_restart_and_goes_on_behind) {
    limits.files.segment_bytes = 200;
    {
        auto box = open();
        for (int i = 1; i <= 30; ++i)
            box.put(numbered(i));
    }
    BOOST_TEST(files().size() > 3U);
    auto box = open();
    BOOST_TEST(box.waiting() == 30U);
    BOOST_TEST(log.find("outbox taken up")->field("waiting") == "30");
    box.put(numbered(31));
    check(payloads(box), 1, 31);
    while (box.waiting() > 0)
        box.release(box.front(7, 1 << 20).back().number);
    BOOST_TEST(files().empty());
}

BOOST_AUTO_TEST_CASE(full_segments_are_removed_as_they_are_released) {
    limits.files.segment_bytes = 200;
    auto box = open();
    for (int i = 1; i <= 30; ++i)
        box.put(numbered(i));
    auto const before = files().size();
    box.release(box.front(20, 1 << 20).back().number);
    BOOST_TEST(files().size() == before - 2);
    box = Outbox(std::move(box));
    check(payloads(box), 21, 30);
}

BOOST_AUTO_TEST_CASE(the_oldest_make_room_and_are_counted) {
    limits.traces = 100;
    auto box = open();
    for (int i = 1; i <= 350; ++i)
        box.put(numbered(i));
    check(payloads(box), 251, 350);
    BOOST_TEST(box.counts().dropped == 250U);
    // 1, 2, 4, … 128: eight lines for 250 drops.
    BOOST_TEST(log.count("outbox full, oldest trace dropped") == 8U);
}

BOOST_AUTO_TEST_CASE(bytes_are_bounded_on_disk_too) {
    limits.bytes = 20'000;
    limits.files.segment_bytes = 2'000;
    auto box = open();
    for (int i = 0; i < 500; ++i)
        box.put(std::string(500, 'x'));
    BOOST_TEST(box.counts().waiting_bytes <= 20'000U);
    BOOST_TEST(box.waiting() > 35U);
    std::uintmax_t on_disk = 0;
    for (auto const& name : files())
        on_disk += std::filesystem::file_size(dir / "outbox" / name);
    BOOST_TEST(on_disk <= 22'000U);
}

BOOST_AUTO_TEST_CASE(a_smaller_limit_applies_to_what_is_found) {
    {
        auto box = open();
        for (int i = 1; i <= 50; ++i)
            box.put(numbered(i));
    }
    limits.traces = 10;
    auto box = open();
    check(payloads(box), 41, 50);
    BOOST_TEST(box.counts().dropped == 40U);
}

BOOST_AUTO_TEST_CASE(release_during_overflow_forgets_only_what_was_sent) {
    limits.traces = 10;
    auto box = open();
    for (int i = 1; i <= 10; ++i)
        box.put(numbered(i));
    auto const sent = box.front(4, 1 << 20);  // 1 to 4
    for (int i = 11; i <= 16; ++i)
        box.put(numbered(i));  // drops 1 to 6
    box.release(sent.back().number);
    check(payloads(box), 7, 16);
}

BOOST_AUTO_TEST_CASE(one_process_at_a_time) {
    auto box = open();
    auto const second = Outbox::open(dir / "outbox", limits, log);
    BOOST_REQUIRE(!second);
    BOOST_TEST(second.error().message.find("in use by another process") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_folder_that_cannot_be_is_an_error_with_its_name) {
    write_file(dir / "file", "x");
    auto const opened = Outbox::open(dir / "file", limits, log);
    BOOST_REQUIRE(!opened);
    BOOST_TEST(opened.error().message.find((dir / "file").string()) != std::string::npos);
    BOOST_TEST(!Outbox::open(dir / "file" / "below", limits, log));
}

BOOST_AUTO_TEST_CASE(nobody_else_may_read_it) {
    auto box = open();
    box.put(numbered(1));
    auto const mode = [&](std::filesystem::path const& path) {
        struct stat status {};
        BOOST_REQUIRE(::stat(path.c_str(), &status) == 0);
        return status.st_mode & 0777U;
    };
    BOOST_TEST(mode(dir / "outbox") == 0700U);
    BOOST_TEST(mode(dir / "outbox" / *files().begin()) == 0600U);
}

BOOST_AUTO_TEST_CASE(a_record_beyond_the_limit_is_dropped_and_said) {
    limits.files.record_bytes = 1000;
    auto box = open();
    box.put(std::string(2000, 'x'));
    box.put(numbered(1));
    check(payloads(box), 1, 1);
    BOOST_TEST(box.counts().dropped == 1U);
    BOOST_TEST(log.count("trace dropped, larger than the outbox takes") == 1U);
}

BOOST_AUTO_TEST_CASE(files_to_sync_are_those_written_since) {
    limits.files.segment_bytes = 100;
    auto box = open();
    auto& folder = box.folder();
    BOOST_TEST(folder.take_unsynced().empty());
    for (int i = 0; i < 30; ++i)
        box.put(numbered(i));
    auto unsynced = folder.take_unsynced();
    auto const count = files().size();
    BOOST_TEST(unsynced.size() == count);
    BOOST_TEST(folder.take_unsynced().empty());
    folder.put_back(std::move(unsynced));
    unsynced = folder.take_unsynced();
    BOOST_TEST(unsynced.size() == count);
    BOOST_TEST(folder.sync(unsynced).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
