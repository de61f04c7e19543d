#include "accounts/password_hash.hpp"
#include "api_fixture.hpp"
#include "config/watched_files.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>

using namespace dtrace;
using namespace dtrace::test;
using master::ConfigFiles;
using master::ConfigState;
namespace asio = boost::asio;

namespace {

std::string probes_text(std::string const& password = "one") {
    return R"({"Slaves":[{"Name":"n1","Password":")" + password + R"("}]})";
}

std::string targets_text(std::string const& name = "First", std::string const& more = "") {
    return R"({"Targets":{"76d96640-d357-47b3-ba50-5248a7604bc9":{"Name":")" + name +
           R"(","Address":"192.0.2.9"}})" + more + "}";
}

struct ConfigFilesFixture : ApiFixture {
    std::filesystem::path const probes = dir / "probes.json";
    std::filesystem::path const targets = dir / "targets.json";

    ConfigFilesFixture() {
        write_file(probes, probes_text());
        write_file(targets, targets_text());
    }

    ConfigFiles files(bool required = true, Duration look_every = seconds(30)) {
        return {io.get_executor(),
                {.probes = probes,
                 .probes_required = required,
                 .targets = targets,
                 .targets_required = required,
                 .look_every = look_every},
                {book, board, definitions, board_changed, store, workers, passwords, log}};
    }

    template <class F>
    void live(ConfigFiles& files, F script) {
        run_watched(*this, files, log, std::move(script));
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(config_files, ConfigFilesFixture)

BOOST_AUTO_TEST_CASE(both_files_are_in_force_after_the_load) {
    auto files = this->files();
    live(files, [&]() -> asio::awaitable<void> {
        BOOST_TEST(book.is_proven("n1", "one"));
        BOOST_TEST(board.measurement_count("n1") == 1U);
        BOOST_TEST(store.kept_measurements.size() == 1U);
        co_await until([&] { return store.kept_probes.size() == 1; });
        BOOST_TEST(master::is_right_password("one", store.kept_probes.front().password_hash));
    });
    for (auto const& state : files.states()) {
        BOOST_TEST((state.state == ConfigState::loaded));
        BOOST_TEST(state.entries == 1U);
        BOOST_TEST(state.loaded_at.has_value());
    }
    BOOST_TEST(!contains(log.text(), "one"));
}

BOOST_AUTO_TEST_CASE(a_broken_or_missing_file_at_start_is_an_error_with_file_path_and_reason) {
    auto const error = [&](ConfigFiles files) {
        auto const loaded = value_of(files.load());
        return loaded ? std::string("none") : loaded.error().message;
    };
    write_file(targets, targets_text("First", R"(,"MaxHops":0)"));
    BOOST_TEST(error(files()) == targets.string() + ": MaxHops: must be 1 to 100");
    std::filesystem::remove(probes);
    BOOST_TEST(error(files()) == probes.string() + ": there is no such file");
    std::filesystem::create_directory(probes);
    BOOST_TEST(contains(error(files()), "Is a directory"));
}

BOOST_AUTO_TEST_CASE(a_default_file_need_not_exist_and_may_come_later) {
    std::filesystem::remove(targets);
    store.kept_measurements = {measurement(make_uuid_from_name("old"), "old")};
    auto files = this->files(false);
    live(files, [&]() -> asio::awaitable<void> {
        BOOST_TEST((files.states()[1].state == ConfigState::absent));
        BOOST_TEST(board.measurements().empty());
        BOOST_TEST(store.kept_measurements.empty());
        BOOST_TEST(log.find("no such file, nothing is configured by it")->field("file") ==
                   targets.string());
        write_file(targets, targets_text());
        co_await until([&] { return board.measurements().size() == 1; });
    });
}

BOOST_AUTO_TEST_CASE(a_changed_file_is_picked_up) {
    auto files = this->files();
    live(files, [&]() -> asio::awaitable<void> {
        auto const revision = board.revision("n1");
        write_file(targets, targets_text("Second"));
        co_await until([&] { return board.revision("n1") != revision; });
        BOOST_TEST(board.measurements().front().name == "Second");

        // As editors do it: a new file takes the name.
        write_file(dir / "new.json", targets_text("Third"));
        std::filesystem::rename(dir / "new.json", targets);
        co_await until([&] { return board.measurements().front().name == "Third"; });

        write_file(probes, probes_text("other"));
        co_await until([&] { return book.is_proven("n1", "other"); });
        BOOST_TEST(!book.is_proven("n1", "one"));
    });
}

BOOST_AUTO_TEST_CASE(a_link_is_followed_to_where_it_leads) {
    std::filesystem::create_directories(dir / "v1");
    std::filesystem::create_directories(dir / "v2");
    write_file(dir / "v1/t.json", targets_text("First"));
    write_file(dir / "v2/t.json", targets_text("Second"));
    std::filesystem::create_directory_symlink("v1", dir / "current");
    std::filesystem::remove(targets);
    std::filesystem::create_symlink("current/t.json", targets);
    auto files = this->files();
    live(files, [&]() -> asio::awaitable<void> {
        std::filesystem::create_directory_symlink("v2", dir / "next");
        std::filesystem::rename(dir / "next", dir / "current");
        co_await until([&] { return board.measurements().front().name == "Second"; });
    });
}

BOOST_AUTO_TEST_CASE(a_broken_file_is_refused_and_the_old_stays) {
    auto files = this->files();
    live(files, [&]() -> asio::awaitable<void> {
        write_file(targets, targets_text("Second", R"(,"Retries":11)"));
        co_await until([&] { return files.states()[1].state == ConfigState::refused; });
        BOOST_TEST(board.measurements().front().name == "First");
        auto const state = files.states()[1];
        BOOST_TEST(state.fault->path == "Retries");
        BOOST_TEST(state.fault->reason == "must be 0 to 10");
        BOOST_TEST(state.entries == 1U);
        auto const logged = log.find("configuration refused, what was in force stays");
        BOOST_REQUIRE(logged);
        BOOST_TEST(logged->field("file") == targets.string());
        BOOST_TEST(logged->field("path") == "Retries");
        BOOST_TEST(logged->field("reason") == "must be 0 to 10");

        std::filesystem::remove(targets);
        co_await until([&] { return files.states()[1].fault->reason == "there is no such file"; });
        BOOST_TEST(board.measurements().size() == 1U);

        write_file(targets, targets_text("Third"));
        co_await until([&] { return files.states()[1].state == ConfigState::loaded; });
        BOOST_TEST(board.measurements().front().name == "Third");
        BOOST_TEST(!files.states()[1].fault);
    });
}

BOOST_AUTO_TEST_CASE(a_look_finds_what_no_event_told) {
    auto files = this->files(true, milliseconds(20));
    run([&]() -> asio::awaitable<void> {
        BOOST_REQUIRE((co_await files.load()).has_value());
        async::TaskGroup tasks(io.get_executor(), log);
        tasks.spawn("configuration", files.run());
        write_file(targets, targets_text("Second"));
        co_await until([&] { return board.measurements().front().name == "Second"; });
        co_await tasks.join(seconds(5));
    });
}

BOOST_AUTO_TEST_CASE(a_reload_says_what_it_found_even_if_nothing_changed) {
    auto files = this->files();
    live(files, [&]() -> asio::awaitable<void> {
        co_await until([&] { return store.kept_probes.size() == 1; });
        auto const hash = store.kept_probes.front().password_hash;
        auto const before = log.count("configuration in force");
        files.look_again(true);
        co_await until([&] { return log.count("configuration in force") == before + 2; });
        co_await until([&] { return store.probe_writes == 2; });
        BOOST_TEST(store.kept_probes.front().password_hash == hash);
    });
}

BOOST_AUTO_TEST_CASE(measurements_of_an_earlier_run_are_known) {
    store.kept_measurements = {measurement(make_uuid_from_name("gone"), "gone")};
    store.former = {{.id = make_uuid_from_name("long gone"), .name = "long gone"}};
    auto files = this->files();
    BOOST_REQUIRE(value_of(files.load()).has_value());
    BOOST_TEST(board.knows(make_uuid_from_name("gone")));
    BOOST_TEST(board.knows(make_uuid_from_name("long gone")));
    BOOST_TEST(store.kept_measurements.front().name == "First");
}

BOOST_AUTO_TEST_CASE(damaged_measurements_of_an_earlier_run_are_told) {
    store.unreadable = {.count = 2,
                        .reason = make_error(boost::system::errc::bad_message, "no JSON")};
    auto files = this->files();
    BOOST_REQUIRE(value_of(files.load()).has_value());
    BOOST_TEST(contains(log.text(), "damaged=2 reason=no JSON"), log.text());
}

BOOST_AUTO_TEST_CASE(a_catalog_that_fails_is_tried_again) {
    auto files = this->files(true, milliseconds(20));
    run([&]() -> asio::awaitable<void> {
        BOOST_REQUIRE((co_await files.load()).has_value());
        store.failure = make_error(boost::system::errc::no_space_on_device, "disk full");
        async::TaskGroup tasks(io.get_executor(), log);
        tasks.spawn("configuration", files.run());
        write_file(targets, targets_text("Second"));
        co_await until([&] { return board.measurements().front().name == "Second"; });
        co_await until([&] { return log.count("probes not stored") > 0; });
        store.failure.reset();
        co_await until([&] {
            return store.kept_probes.size() == 1 && store.kept_measurements.size() == 1 &&
                   store.kept_measurements.front().name == "Second";
        });
        co_await tasks.join(seconds(5));
    });
}

BOOST_AUTO_TEST_CASE(a_probe_that_is_asked_for_and_missing_is_told) {
    write_file(targets, targets_text("First", R"(,"Probes":["n1","typo"])"));
    auto files = this->files();
    BOOST_REQUIRE(value_of(files.load()).has_value());
    BOOST_TEST(log.find("a measurement asks for a probe that may not log in")->field("probe") ==
               "typo");
    BOOST_TEST(log.count("a probe has more to send than its rate allows") == 0U);
}

BOOST_AUTO_TEST_CASE(a_probe_that_has_too_much_to_do_is_told) {
    std::string many =
        R"({"Flows":200,"Attempts":10,"MaxHops":30,"IntervalSeconds":10,"Targets":{)";
    for (int i = 0; i < 2; ++i)
        many += (i == 0 ? "\"" : ",\"") +
                std::string(to_text(make_uuid_from_name(std::to_string(i)))) + R"(":{"Name":")" +
                std::to_string(i) + R"(","Address":"192.0.2.9"})";
    write_file(targets, many + "}}");
    auto files = this->files();
    BOOST_REQUIRE(value_of(files.load()).has_value());
    BOOST_TEST(log.find("a probe has more to send than its rate allows")->field("probe") == "n1");
}

BOOST_AUTO_TEST_SUITE_END()
