#pragma once

#include "io_fixture.hpp"
#include "log_capture.hpp"
#include "memory_store.hpp"
#include "routes.hpp"
#include "secrets.hpp"
#include "temp_dir.hpp"

#include <dtrace/http/router.hpp>

#include <string>

namespace dtrace::test {

/// The parts of a master around a store in memory, without a server: handlers are called.
struct ApiFixture : IoFixture {
    MemoryStore store;
    LogCapture log;
    TempDir dir;
    async::WorkerPool workers{{.name = "workers", .threads = 1}};
    async::WorkerPool passwords{{.name = "passwords", .threads = 2, .max_waiting = 64}};
    master::LoginBook book;
    master::ProbeLogin login{book, passwords, log, {}};
    master::AssignmentBoard board;
    master::Definitions definitions{book, board};
    async::Wakeup board_changed{io.get_executor()};
    master::ProbeActivity activity;
    master::Ingest ingest{store, board, workers, log, {}};
    master::LatestRounds latest;
    master::ConfigFiles config{
        io.get_executor(),
        {.probes = dir / "probes.json", .targets = dir / "targets.json"},
        {book, board, definitions, board_changed, store, workers, passwords, log}};
    master::Accounts accounts;
    master::PasswordCheck user_passwords{passwords, {}};
    master::Gate gate{accounts, false};
    master::Changes changes{io.get_executor(), store, log};
    master::LiveFeed live{io.get_executor(), wall_clock_now()};
    master::OnceRuns once_runs;
    address_info::AddressBook addresses;
    master::CulpritWatch watch{io.get_executor(), {}, {store, board, board_changed, log}};
    master::Api api{.book = book,
                    .login = login,
                    .board = board,
                    .board_changed = board_changed,
                    .activity = activity,
                    .ingest = ingest,
                    .latest = latest,
                    .config = config,
                    .definitions = definitions,
                    .store = store,
                    .workers = workers,
                    .accounts = accounts,
                    .user_passwords = user_passwords,
                    .gate = gate,
                    .changes = changes,
                    .live = live,
                    .addresses = addresses,
                    .once_runs = once_runs,
                    .watch = watch,
                    .password_pool = passwords,
                    .session_lifetime = std::chrono::hours(1),
                    .log = log,
                    .started = Clock::now(),
                    .started_at = wall_clock_now()};
    http::Router router{master::routes(api)};

    static constexpr std::string_view first_id = "76d96640-d357-47b3-ba50-5248a7604bc9";
    Uuid const first = *parse<Uuid>(first_id);

    /// A token of a user with this role, who is there from now on.
    std::string token_of(Role role) {
        auto const name = "the " + std::string(to_text(role));
        auto const token = name + "'s token";
        accounts.put(User{.name = name, .role = role, .password_hash = {}, .created_at = {}});
        accounts.put(Token{.id = make_uuid_from_name(name),
                           .name = "test",
                           .user = name,
                           .role = role,
                           .hash = master::hash_of_secret(token),
                           .created_at = {},
                           .expires_at = {}});
        return token;
    }

    static http::Request with_token(std::string const& token, http::Request request) {
        request.headers.set("Authorization", "Bearer " + token);
        return request;
    }

    /// Probes n1 and n2, measurements First (for both) and Second (for n1).
    void set_up() {
        definitions.set_file_probes(
            {{.name = "n1", .password = "one", .password_hash = {}, .tags = {"eu"}},
             {.name = "n2", .password = "two", .password_hash = {}, .tags = {}}});
        definitions.set_file_measurements(
            {measurement(first, "First"), measurement(make_uuid_from_name("2"), "Second", {"n1"})},
            std::nullopt);
    }

    static Measurement measurement(Uuid id, std::string name,
                                   std::vector<std::string> for_probes = {}) {
        return {.id = id,
                .name = std::move(name),
                .target = "192.0.2.9",
                .parameters = {},
                .interval_s = 60,
                .probes = std::move(for_probes),
                .tags = {}};
    }

    static http::Request request(std::string path, std::map<std::string, std::string> query = {}) {
        http::Request request;
        request.path = std::move(path);
        request.query = std::move(query);
        request.peer = boost::asio::ip::make_address("192.0.2.77");
        return request;
    }

    static http::Request as(std::string name, std::string secret, http::Request request) {
        request.headers.set("Authorization",
                            http::basic_authorization({std::move(name), std::move(secret)}));
        request.headers.set("User-Agent", "dtrace-node/9.8.7");
        return request;
    }

    static http::Request report(std::string body) {
        auto request = ApiFixture::request("/api/v1/probe/reports");
        request.verb = http::Verb::post;
        request.body = std::move(body);
        return request;
    }

    /// As an administrator, where the request does not say who asks.
    http::Response answer(http::Request request) {
        if (!request.headers.find("Authorization"))
            request = with_token(token_of(Role::admin), std::move(request));
        return answer_as_it_is(std::move(request));
    }
    http::Response answer_as_it_is(http::Request request) {
        return value_of(router.handle(std::move(request)));
    }
    http::Response get(std::string path, std::map<std::string, std::string> query = {}) {
        return answer(request(std::move(path), std::move(query)));
    }
};

inline bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

}  // namespace dtrace::test
