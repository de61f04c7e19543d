#include "alerts/alerts.hpp"

#include "alerts/alerts_fixture.hpp"
#include "alerts/signature.hpp"

#include <dtrace/async/use_result.hpp>

#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>
#include <vector>

using namespace dtrace;
using namespace dtrace::test;
using master::Alerts;
namespace asio = boost::asio;

namespace {

using Texts = std::vector<std::string>;
using Step = asio::awaitable<void>;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(alerts, AlertsFixture)

BOOST_AUTO_TEST_CASE(what_happens_is_told_in_order_and_only_from_now_on) {
    happen("long ago");
    listening([&]() -> Step {
        write_receivers({R"("Name":"ops")"});
        co_await alerting([&](Alerts& told) -> Step {
            for (auto const* text : {"one", "two", "three"})
                happen(text);
            told.wake();
            co_await until([&] { return store.kept_positions["ops"] == 4; });
            BOOST_TEST(told.statuses().at(0).delivered == 3U);
            BOOST_TEST(told.statuses().at(0).to == "http://127.0.0.1:" + std::to_string(port));
        });
    });
    BOOST_TEST(texts() == (Texts{"one", "two", "three"}), boost::test_tools::per_element());
    BOOST_TEST(message(0).kind == "culprit_opened");
    BOOST_TEST((message(0).state == master::AlertState::opened));
    BOOST_TEST(message(0).url.value_or("").starts_with("https://dtrace.example.net/#/events?id="));
    BOOST_TEST(got[0].headers.find("Content-Type").value_or("") == "application/json");
    BOOST_TEST(!got[0].headers.find("X-Dtrace-Signature"));
}

BOOST_AUTO_TEST_CASE(what_was_not_taken_comes_again_before_what_is_behind_it) {
    listening([&]() -> Step {
        write_receivers({R"("Name":"ops")"});
        answers = {500, 503};
        co_await alerting([&](Alerts& told) -> Step {
            happen("one");
            happen("two");
            told.wake();
            co_await until([&] { return got.size() == 1; });
            co_await until([&] { return !told.statuses().at(0).ok; });
            auto const status = told.statuses().at(0);
            BOOST_TEST(status.fault.value().reason == status.to + " answered 500");
            BOOST_TEST(status.next_attempt_at.has_value());
            co_await until([&] { return store.kept_positions["ops"] == 2; });
            BOOST_TEST(told.statuses().at(0).ok);
            BOOST_TEST(told.statuses().at(0).failed == 2U);
        });
    });
    BOOST_TEST(texts() == (Texts{"one", "one", "one", "two"}), boost::test_tools::per_element());
    BOOST_TEST(log.count("an alert was not taken, it is sent again") == 1U);
    BOOST_TEST(log.count("alerts are taken again") == 1U);
}

BOOST_AUTO_TEST_CASE(nothing_is_lost_while_the_master_is_away) {
    listening([&]() -> Step {
        write_receivers({R"("Name":"ops")"});
        co_await alerting([&](Alerts& told) -> Step {
            happen("one");
            told.wake();
            co_await until([&] { return got.size() == 1; });
        });
        BOOST_TEST(store.kept_positions["ops"] == 1U);
        happen("two");
        co_await alerting([&](Alerts&) -> Step {
            co_await until([&] { return store.kept_positions["ops"] == 2; });
        });
    });
    BOOST_TEST(texts() == (Texts{"one", "two"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_a_receiver_does_not_want_is_passed_over) {
    listening([&]() -> Step {
        write_receivers({R"("Name":"ops","Kinds":["path_changed"],"MinLossPercent":3)"});
        co_await alerting([&](Alerts& told) -> Step {
            happen("gone");
            happen("moved", EventKind::path_changed);
            happen("gone again");
            told.wake();
            co_await until([&] { return store.kept_positions["ops"] == 3; });
        });
    });
    BOOST_TEST(texts() == Texts{"moved"}, boost::test_tools::per_element());
    BOOST_TEST(marks == std::vector<double>{0.03}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_event_that_cannot_be_read_holds_up_nobody) {
    listening([&]() -> Step {
        write_receivers({R"("Name":"ops")"});
        co_await alerting([&](Alerts& told) -> Step {
            store.numbered_events.push_back({1, R"({"id":"of a later version"})"});
            happen("behind it");
            told.wake();
            co_await until([&] { return store.kept_positions["ops"] == 2; });
            BOOST_TEST(told.statuses().at(0).unreadable == 1U);
        });
    });
    BOOST_TEST(texts() == Texts{"behind it"}, boost::test_tools::per_element());
    BOOST_TEST(log.count("an event cannot be read, receivers are told of those behind it") == 1U);
}

BOOST_AUTO_TEST_CASE(what_is_too_old_or_gone_is_counted_and_said) {
    listening([&]() -> Step {
        write_receivers({R"("Name":"ops","MaxAgeHours":1)"});
        store.kept_positions["ops"] = 0;
        happen("forgotten");
        happen("forgotten too");
        happen("old", EventKind::culprit_opened, wall_clock_now() - std::chrono::hours(2));
        happen("new");
        store.numbered_events.erase(store.numbered_events.begin(),
                                    store.numbered_events.begin() + 2);
        co_await alerting([&](Alerts& told) -> Step {
            co_await until([&] { return store.kept_positions["ops"] == 4; });
            BOOST_TEST(told.statuses().at(0).too_old == 3U);
        });
    });
    BOOST_TEST(texts() == Texts{"new"}, boost::test_tools::per_element());
    auto const gone = log.find("events are gone before a receiver was told of them");
    BOOST_REQUIRE(gone);
    BOOST_TEST(gone->field("count") == "2");
    BOOST_TEST(log.find("alerts are left out").value().field("why") == "too old");
}

BOOST_AUTO_TEST_CASE(a_message_that_a_receiver_refuses_is_left_out_after_a_few_times) {
    listening([&]() -> Step {
        answers = {400, 422, 413, 400, 415};
        master::AlertSender::Parts parts{
            store, [](Event const&) { return std::set<std::string>(); }, "", seconds(0), log};
        master::Receiver receiver{.name = "ops",
                                  .url = {.host = "127.0.0.1", .port = port},
                                  .timeout = seconds(5),
                                  .max_age = std::chrono::hours(1)};
        receiver.url.target = "/hook";
        master::AlertSender sender(io.get_executor(), std::move(parts), receiver, 0);
        happen("refused");
        happen("taken");
        async::TaskGroup tasks(io.get_executor(), log);
        tasks.spawn("sender", sender.run());
        for (std::size_t tries = 1; tries <= 4; ++tries) {
            co_await until([&] { return got.size() == tries && sender.status().next_attempt_at; });
            receiver.stamp = make_uuid_from_name(std::to_string(tries));  // tried at once
            sender.change(receiver);
        }
        co_await until([&] { return store.kept_positions["ops"] == 2; });
        BOOST_TEST(sender.status().refused == 1U);
        sender.stop();
        co_await tasks.join(seconds(5));
    });
    BOOST_TEST(texts().back() == "taken");
    BOOST_TEST(got.size() == 6U);
}

BOOST_AUTO_TEST_CASE(a_changed_file_changes_who_is_told) {
    listening([&]() -> Step {
        write_receivers({R"("Name":"ops")"});
        co_await alerting([&](Alerts& told) -> Step {
            happen("one");
            told.wake();
            co_await until([&] { return got.size() == 1; });
            write_receivers({R"("Name":"chat","Url":")" + url("/chat") + "\""});
            told.look_again(false);
            co_await until(
                [&] { return told.find("chat") && !store.kept_positions.contains("ops"); });
            happen("two");
            told.wake();
            co_await until([&] { return got.size() == 2; });
            BOOST_TEST(!told.find("ops"));
        });
    });
    BOOST_TEST(texts() == (Texts{"one", "two"}), boost::test_tools::per_element());
    BOOST_TEST(got[1].path == "/chat");
}

BOOST_AUTO_TEST_CASE(it_ends_while_the_file_is_being_read_too) {
    listening([&]() -> Step {
        write_receivers({R"("Name":"ops")"});
        for (int hops = 0; hops < 6; ++hops)
            co_await alerting([&](Alerts& told) -> Step {
                told.look_again(true);
                for (int i = 0; i < hops; ++i)
                    co_await asio::post(io.get_executor(), async::as_result);
            });
    });
    BOOST_TEST(got.empty());
}

BOOST_AUTO_TEST_CASE(a_broken_file_leaves_in_force_what_was) {
    listening([&]() -> Step {
        write_receivers({R"("Name":"ops")"});
        co_await alerting([&](Alerts& told) -> Step {
            write_file(dir / "alerts.json", R"({"Receivers":[{"Name":"ops","Uri":"x"}]})");
            told.look_again(false);
            co_await until([&] { return told.state()->state == master::ConfigState::refused; });
            BOOST_TEST(told.state()->fault.value().path == "Receivers[0].Uri");
            happen("still told");
            told.wake();
            co_await until([&] { return got.size() == 1; });
            write_receivers({R"("Name":"ops")"});
            told.look_again(false);
            co_await until([&] { return told.state()->state == master::ConfigState::loaded; });
        });
    });
    BOOST_TEST(texts() == Texts{"still told"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_file_that_is_broken_at_the_start_ends_it) {
    auto const reason = [&](std::string const& receivers) {
        write_file(dir / "alerts.json", R"({"Receivers":[)" + receivers + "]}");
        auto alerts = make_alerts();
        return value_of(alerts.load()).error().message;
    };
    auto const file = (dir / "alerts.json").string();
    BOOST_TEST(reason("{}") == file + ": Receivers[0].Name: is required");
    auto const with = [](std::string const& more) {
        return R"({"Name":"ops","Url":"https://127.0.0.1",)" + more + "}";
    };
    BOOST_TEST(reason(with(R"("SecretFile":"/nowhere")"))
                   .starts_with(file + ": Receivers[0].SecretFile: /nowhere: cannot be opened"));
    BOOST_TEST(reason(with(R"("HeaderFiles":{"A":"/nowhere"})"))
                   .starts_with(file + ": Receivers[0].HeaderFiles: /nowhere: "));
    write_file(dir / "ca.pem", "no certificate");
    BOOST_TEST(reason(with(R"("CaFile":")" + (dir / "ca.pem").string() + "\""))
                   .starts_with(file + ": Receivers[0].CaFile: "));
}

BOOST_AUTO_TEST_CASE(secrets_come_from_files_sign_what_is_sent_and_are_told_nobody) {
    listening([&]() -> Step {
        write_file(dir / "key", "geheim-key\n");
        write_file(dir / "token", "Bearer geheim-token\n");
        write_file(dir / "url", url("/geheim-path") + "\n");
        using std::filesystem::perms;
        std::filesystem::permissions(dir / "key", perms::owner_read | perms::owner_write);
        std::filesystem::permissions(dir / "token", perms::owner_read);
        std::filesystem::permissions(dir / "url", perms::owner_read | perms::others_read);
        write_receivers({R"("Name":"ops","UrlFile":")" + (dir / "url").string() +
                         R"(","SecretFile":")" + (dir / "key").string() +
                         R"(","HeaderFiles":{"Authorization":")" + (dir / "token").string() +
                         R"("},"Headers":{"X-Team":"net"})"});
        answers = {500};
        co_await alerting([&](Alerts& told) -> Step {
            happen("one");
            told.wake();
            co_await until([&] { return !told.statuses().at(0).ok; });
            BOOST_TEST(json::write(told.statuses()).find("geheim") == std::string::npos);
            write_file(dir / "key", "another-key\n");
            told.look_again(false);
            co_await until([&] { return store.kept_positions["ops"] == 1; });
        });
    });
    BOOST_REQUIRE(got.size() == 2U);
    BOOST_TEST(got[0].path == "/geheim-path");
    BOOST_TEST(got[0].headers.find("Authorization").value_or("") == "Bearer geheim-token");
    BOOST_TEST(got[0].headers.find("X-Team").value_or("") == "net");
    for (auto const& [request, key] : {std::pair(got[0], "geheim-key"), {got[1], "another-key"}})
        BOOST_TEST(request.headers.find("X-Dtrace-Signature").value_or("") ==
                   "sha256=" + master::hmac_sha256(key, request.body));
    BOOST_TEST(log.text().find("geheim") == std::string::npos);
    auto const open = log.find("a file with a secret can be read by others");
    BOOST_REQUIRE(open);
    BOOST_TEST(open->field("file") == (dir / "url").string());
}

BOOST_AUTO_TEST_CASE(https_is_believed_by_the_given_authority_only) {
    auto const right = make_certificate(dir, "right");
    auto const wrong = make_certificate(dir, "wrong");
    tls = *http::TlsServer::open({.certificate = right.certificate, .key = right.key});
    auto const trusting = [&](Certificate const& ca) {
        write_receivers({R"("Name":"ops","CaFile":")" + ca.certificate.string() + "\""});
    };
    listening([&]() -> Step {
        trusting(wrong);
        co_await alerting([&](Alerts& told) -> Step {
            happen("one");
            told.wake();
            co_await until([&] { return !told.statuses().at(0).ok; });
            BOOST_TEST(got.empty());
            BOOST_TEST(told.statuses().at(0).fault->reason.find("not trusted") !=
                       std::string::npos);
            trusting(right);
            told.look_again(false);
            co_await until([&] { return store.kept_positions["ops"] == 1; });
        });
    });
    BOOST_TEST(texts() == Texts{"one"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_position_that_could_not_be_kept_is_kept_later) {
    listening([&]() -> Step {
        write_receivers({R"("Name":"ops")"});
        co_await alerting([&](Alerts& told) -> Step {
            happen("one");
            answers = {500};
            told.wake();
            co_await until([&] { return got.size() == 1; });
            store.failure = make_error(boost::system::errc::no_space_on_device, "the disk is full");
            co_await until([&] { return got.size() == 2; });
            BOOST_TEST(store.kept_positions["ops"] == 0U);
            store.failure.reset();
            happen("two");
            told.wake();
            co_await until([&] { return store.kept_positions["ops"] == 2; });
        });
    });
    BOOST_TEST(texts() == (Texts{"one", "one", "two"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
