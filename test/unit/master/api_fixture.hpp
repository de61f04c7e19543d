#pragma once

#include "accounts/secrets.hpp"
#include "api/routes.hpp"
#include "io_fixture.hpp"
#include "log_capture.hpp"
#include "memory_store.hpp"
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
    async::Wakeup once_changed{io.get_executor()};
    master::ProbeActivity activity;
    master::Ingest ingest{store, board, workers, log, {}};
    master::LatestRounds latest;
    master::ConfigFiles config{
        io.get_executor(),
        {.probes = dir / "probes.json", .targets = dir / "targets.json"},
        {book, board, definitions, board_changed, store, workers, passwords, log}};
    master::Accounts accounts;
    master::PasswordCheck user_passwords{passwords, {}};
    master::Gate gate{accounts, {}};
    master::Changes changes{io.get_executor(), store, log};
    master::LiveFeed live{io.get_executor(), wall_clock_now()};
    master::OnceRuns once_runs;
    address_info::AddressBook addresses;
    master::CulpritWatch watch{io.get_executor(), {}, {store, board, board_changed, log}};
    master::Figures figures;
    master::Alerts alerts{
        io.get_executor(),
        {.file = dir / "alerts.json"},
        {store, workers, log, [](Event const&) { return std::set<std::string>(); },
         [](std::vector<double> const&) {}}};
    master::Api api{.book = book,
                    .login = login,
                    .board = board,
                    .board_changed = board_changed,
                    .once_changed = once_changed,
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
                    .figures = figures,
                    .alerts = alerts,
                    .password_pool = passwords,
                    .session_lifetime = std::chrono::hours(1),
                    .log = log,
                    .started = Clock::now(),
                    .started_at = wall_clock_now()};
    http::Router router{master::routes(api)};

    static constexpr std::string_view first_id = "76d96640-d357-47b3-ba50-5248a7604bc9";
    Uuid const first = *parse<Uuid>(first_id);

    ApiFixture();
    ~ApiFixture();

    /// A token of a user with this role, who is there from now on.
    std::string token_of(Role role);
    static http::Request with_token(std::string const& token, http::Request request);

    /// Probes n1 and n2, measurements First (for both) and Second (for n1).
    void set_up();
    static Measurement measurement(Uuid id, std::string name,
                                   std::vector<std::string> for_probes = {});

    static http::Request request(std::string path, std::map<std::string, std::string> query = {});
    static http::Request as(std::string name, std::string secret, http::Request request);
    static http::Request report(std::string body);

    /// As an administrator, where the request does not say who asks.
    http::Response answer(http::Request request);
    /// Every answer is compared with the OpenAPI document.
    http::Response answer_as_it_is(http::Request request);
    http::Response get(std::string path, std::map<std::string, std::string> query = {});
};

inline bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

}  // namespace dtrace::test
