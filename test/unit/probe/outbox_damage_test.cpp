#include "log_capture.hpp"
#include "outbox/outbox.hpp"
#include "temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <random>

using namespace dtrace;
using namespace dtrace::probe;
using dtrace::test::LogCapture;
using dtrace::test::read_file;
using dtrace::test::TempDir;
using dtrace::test::write_file;

namespace {

std::string const first_file = "segment-000000000001";

struct OutboxDamageFixture {
    TempDir dir;
    LogCapture log;
    OutboxLimits limits;

    Outbox open() { return Outbox::open(dir / "outbox", limits, log).value(); }
    std::filesystem::path file(std::string const& name) const { return dir / "outbox" / name; }

    /// An outbox that an earlier process left behind.
    void leave(int records) {
        auto box = open();
        for (int i = 1; i <= records; ++i)
            box.put("record " + std::to_string(i));
    }
};

std::vector<std::string> records_left(Outbox& outbox) {
    std::vector<std::string> texts;
    for (auto& item : outbox.front(1'000'000, 1 << 30))
        texts.push_back(std::move(item.payload));
    return texts;
}

/// While it lives, no file of this process grows beyond `bytes`: a disk that is full.
class FullDisk {
  public:
    explicit FullDisk(rlim_t bytes) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        handler_ = std::signal(SIGXFSZ, SIG_IGN);
        rlimit const limit{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    FullDisk(FullDisk const&) = delete;
    FullDisk& operator=(FullDisk const&) = delete;
    ~FullDisk() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }

  private:
    rlimit before_{};
    void (*handler_)(int) = nullptr;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(outbox_damage, OutboxDamageFixture)

BOOST_AUTO_TEST_CASE(a_torn_tail_costs_only_itself) {
    leave(3);
    auto const whole = read_file(file(first_file));
    for (std::size_t cut = 1; cut < 18; ++cut) {
        write_file(file(first_file), whole.substr(0, whole.size() - cut));
        auto box = open();
        BOOST_TEST(records_left(box).size() == 2U);
        BOOST_TEST(box.counts().damaged == (cut == 18 ? 0U : 1U));
        // What is written now goes to another file than the torn one.
        box.put("new");
        BOOST_TEST(records_left(box).back() == "new");
        box.release(box.front(100, 1 << 20).back().number);
    }
    BOOST_TEST(log.count("outbox records damaged, skipped") == 17U);
}

BOOST_AUTO_TEST_CASE(damage_in_the_middle_costs_only_its_record) {
    leave(5);
    auto text = read_file(file(first_file));
    text[text.find("record 3")] = 'R';
    write_file(file(first_file), text);
    auto box = open();
    auto const left = records_left(box);
    BOOST_TEST(left == (std::vector<std::string>{"record 1", "record 2", "record 4", "record 5"}),
               boost::test_tools::per_element());
    BOOST_TEST(log.find("outbox records damaged, skipped")->field("damaged") == "1");
}

BOOST_AUTO_TEST_CASE(hostile_content_is_skipped) {
    leave(1);
    std::mt19937 random(7);
    std::string noise(300'000, '\0');
    for (auto& byte : noise)
        byte = static_cast<char>(random());
    write_file(file("segment-000000000002"), noise);
    write_file(file("segment-000000000003"), "");
    write_file(file("segment-000000000004"), std::string(3 << 20, '\n'));
    write_file(file("segment-18446744073709551615"), "x");
    write_file(file("segment--1"), "x");
    write_file(file("notes.txt"), "not ours");
    std::filesystem::create_directory(file("segment-000000000005"));
    BOOST_REQUIRE(::mkfifo(file("segment-000000000006").c_str(), 0600) == 0);
    std::filesystem::create_symlink("/etc/passwd", file("segment-000000000007"));

    auto box = open();
    BOOST_TEST(records_left(box).size() == 1U);
    BOOST_TEST(log.count("outbox file skipped") == 3U);
    box.put("new");
    BOOST_TEST(records_left(box).back() == "new");
    BOOST_TEST(std::filesystem::exists(file("segment-000000000008")));
    BOOST_TEST(read_file(file("notes.txt")) == "not ours");
    BOOST_TEST(std::filesystem::exists("/etc/passwd"));
}

BOOST_AUTO_TEST_CASE(files_that_vanish_or_shrink_while_open_are_counted) {
    limits.files.segment_bytes = 60;  // three records each
    auto box = open();
    for (int i = 1; i <= 9; ++i)
        box.put("record " + std::to_string(i));
    std::filesystem::remove(file("segment-000000000002"));
    std::filesystem::resize_file(file("segment-000000000003"), 20);
    BOOST_TEST(records_left(box).size() == 4U);
    BOOST_TEST(box.counts().damaged == 5U);
    BOOST_TEST(box.waiting() == 4U);
    box.release(box.front(100, 1 << 20).back().number);
    BOOST_TEST(box.counts().waiting_bytes == 0U);
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_a_state_that_ends) {
    limits.memory_bytes = 100;
    auto box = open();
    box.put("record 1");
    {
        FullDisk const full(30);  // the first record has 18 bytes, the second one half fits
        for (int i = 2; i <= 5; ++i)
            box.put("record " + std::to_string(i));
        BOOST_TEST(!box.counts().on_disk);
        BOOST_TEST(box.counts().dropped == 0U);
        BOOST_TEST(records_left(box).size() == 5U);
        BOOST_TEST(log.count("outbox cannot be written, keeping the newest traces in memory") ==
                   1U);
        // Memory is bounded as well.
        box.put(std::string(90, 'x'));
        BOOST_TEST(box.counts().dropped == 3U);
    }
    box.put("record 6");
    BOOST_TEST(box.counts().on_disk);
    BOOST_TEST(log.count("outbox can be written again") == 1U);
    BOOST_TEST(records_left(box).size() == 4U);
    auto const text = read_file(file(first_file));
    BOOST_TEST(text.find("record 2") == std::string::npos, "no half record is left");
}

BOOST_AUTO_TEST_CASE(what_was_in_memory_is_on_disk_after_the_disk_is_back) {
    {
        auto box = open();
        {
            FullDisk const full(0);
            box.put("record 1");
            box.put("record 2");
            BOOST_TEST(box.save() == 2U);
        }
        BOOST_TEST(box.save() == 0U);
    }
    auto box = open();
    BOOST_TEST(records_left(box) == (std::vector<std::string>{"record 1", "record 2"}),
               boost::test_tools::per_element());
}

/// The child writes records as fast as it can and tells through a pipe after each one that it is
/// kept; it is killed at a moment of the kernel's choosing.
BOOST_AUTO_TEST_CASE(sigkill_in_mid_write_loses_at_most_the_unfinished_record) {
    limits.files.segment_bytes = 64 << 10;
    int kept_before = 0;
    for (int kill_after : {1, 30, 500}) {
        int channel[2];
        BOOST_REQUIRE(::pipe(channel) == 0);
        auto const child = ::fork();
        BOOST_REQUIRE(child >= 0);
        if (child == 0) {
            ::close(channel[0]);
            auto box = Outbox::open(dir / "outbox", limits, log);
            if (!box) ::_exit(1);
            for (int i = 0; i < 100'000; ++i) {
                box->put(std::string(3000, static_cast<char>('a' + i % 26)));
                if (::write(channel[1], "k", 1) != 1) ::_exit(1);
            }
            ::_exit(0);
        }
        ::close(channel[1]);
        int kept = 0;
        char token = 0;
        while (kept < kill_after && ::read(channel[0], &token, 1) == 1)
            ++kept;
        ::kill(child, SIGKILL);
        while (::read(channel[0], &token, 1) == 1)
            ++kept;
        ::close(channel[0]);
        int status = 0;
        ::waitpid(child, &status, 0);
        BOOST_TEST(WIFSIGNALED(status));

        auto box = open();
        auto const found = records_left(box);
        BOOST_TEST(static_cast<int>(found.size()) >= kept_before + kept);
        BOOST_TEST(static_cast<int>(found.size()) <= kept_before + kept + 1);
        BOOST_TEST(box.counts().damaged <= 1U);
        for (auto const& payload : found)
            BOOST_TEST((payload.size() == 3000 &&
                        payload.find_first_not_of(payload.front()) == std::string::npos));
        kept_before = static_cast<int>(found.size());
    }
}

BOOST_AUTO_TEST_SUITE_END()
