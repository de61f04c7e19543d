#include "accounts/reload_accounts.hpp"
#include "accounts/secrets.hpp"
#include "api/routes.hpp"
#include "catalog/load_registry.hpp"
#include "config/address_files.hpp"
#include "config/file_watch.hpp"
#include "config/tls_reload.hpp"
#include "live/tell_live.hpp"
#include "once/expire_orders.hpp"
#include "once/load_once.hpp"
#include "resources/past_matrix.hpp"
#include "service_options.hpp"
#include "upkeep.hpp"
#include "watch/watch_probes.hpp"

#include <dtrace/async/task_group.hpp>
#include <dtrace/async/wakeup.hpp>
#include <dtrace/master/master_service.hpp>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include <set>
#include <utility>

namespace dtrace::master {

namespace asio = boost::asio;

namespace {

/// argon2id takes 19 MiB and a core each; more at a time would hold up everything else.
constexpr std::size_t password_threads = 2;

}  // namespace

struct MasterService::Impl {
    asio::any_io_executor executor;
    MasterOptions options;
    store::Store& store;
    async::WorkerPool& workers;
    Logger& log;
    http::AccessLog access_log;

    async::WorkerPool password_pool{{.name = "passwords",
                                     .threads = password_threads,
                                     .max_waiting = options.max_waiting_logins}};
    LoginBook book;
    ProbeLogin login{book, password_pool, log, login_options(options)};
    AssignmentBoard board;
    Definitions definitions{book, board};
    async::Wakeup board_changed{executor};
    async::Wakeup once_changed{executor};
    ProbeActivity activity;
    Ingest ingest{store.traces(),
                  board,
                  workers,
                  log,
                  {.max_traces = options.max_report_traces,
                   .turns = {.at_once = options.max_reports,
                             .max_waiting_bytes = options.max_waiting_report_bytes}}};
    LatestRounds latest;
    ConfigFiles config{executor,
                       file_options(options),
                       {.book = book,
                        .board = board,
                        .definitions = definitions,
                        .changed = board_changed,
                        .catalog = store.catalog(),
                        .workers = workers,
                        .password_pool = password_pool,
                        .log = log}};

    Accounts accounts;
    PasswordCheck user_passwords{password_pool, login_options(options)};
    Gate gate{accounts, {.reading = options.public_read, .metrics = options.open_metrics}};
    Changes changes{executor, store.registry(), log};
    async::Wakeup accounts_changed{executor};
    CulpritWatch watch{
        executor,
        options.watch,
        {.store = store, .board = board, .board_changed = board_changed, .log = log}};
    std::optional<std::string> first_password;

    LiveFeed live{executor, wall_clock_now()};
    OnceRuns once_runs;
    AddressFiles addresses{executor,
                           {.asn = options.asn_database,
                            .geo = options.geo_database,
                            .look_every = options.look_every},
                           workers,
                           log};

    Alerts alerts{
        executor,
        alert_options(options),
        {.events = store.events(),
         .workers = workers,
         .log = log,
         .tags_of = [this](Event const& event) { return tags_of(event); },
         .on_loss_marks = [this](auto marks) { watch.set_loss_marks(std::move(marks)); }}};

    Figures figures{.max_pairs = options.max_metrics_pairs};
    Api api{.book = book,
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
            .addresses = addresses.book(),
            .once_runs = once_runs,
            .watch = watch,
            .figures = figures,
            .alerts = alerts,
            .password_pool = password_pool,
            .session_lifetime = options.session_lifetime,
            .log = log,
            .started = Clock::now(),
            .started_at = wall_clock_now()};
    http::Router router{routes(api)};
    http::Router probe_router{routes(api, probe_routes())};
    http::Server server{executor, server_options(options, api), router, log, counted_access()};
    http::Server loopback{executor, loopback_options(options, api), probe_router, log,
                          counted_access()};
    bool uses_loopback = false;
    TlsReload certificate{options.tls, log};

    http::AccessLog counted_access();
    std::set<std::string> tags_of(Event const& event) const;
    asio::awaitable<Result<void>> open();
    asio::awaitable<void> run();
};

http::AccessLog MasterService::Impl::counted_access() {
    return [this](http::AccessEntry const& entry) {
        figures.http.note(entry);
        if (access_log) access_log(entry);
    };
}

/// Those of its probes and of its measurement.
std::set<std::string> MasterService::Impl::tags_of(Event const& event) const {
    std::set<std::string> tags;
    for (auto const& probe : event.probes)
        if (auto const* const given = book.tags(probe)) tags.insert(given->begin(), given->end());
    if (!event.measurement) return tags;
    for (auto const& measurement : board.measurements())
        if (measurement.id == event.measurement->id)
            tags.insert(measurement.tags.begin(), measurement.tags.end());
    return tags;
}

MasterService::MasterService(asio::any_io_executor executor, MasterOptions options,
                             store::Store& store, async::WorkerPool& workers, Logger& log,
                             http::AccessLog access_log)
    : impl_(new Impl{.executor = std::move(executor),
                     .options = std::move(options),
                     .store = store,
                     .workers = workers,
                     .log = log,
                     .access_log = std::move(access_log)}) {
    impl_->ingest.on_stored([&impl = *impl_](TakenTraces const& traces) {
        if (!impl.board.once_reported(*traces)) return;
        impl.board_changed.notify_all();
        impl.once_changed.notify_all();
    });
    impl_->ingest.on_taken([&impl = *impl_](TakenTraces const& traces) {
        tell_traces(impl.live, *traces);
        auto const now = wall_clock_now();
        for (auto const& trace : *traces)
            impl.latest.take(trace, now);
        impl.watch.take(traces);
    });
    impl_->watch.on_kept([&impl = *impl_](NetworkWatch::Findings const& findings) {
        tell_findings(impl.live, findings);
        impl.figures.note(findings.events);
        if (!findings.events.empty()) impl.alerts.wake();
    });
    impl_->figures.server = [&server = impl_->server] { return server.counters(); };
}

MasterService::~MasterService() = default;

std::string MasterService::add_local_probe(std::string_view name) {
    auto const secret = make_secret();
    impl_->definitions.add_local_probe(name, secret);
    impl_->uses_loopback = impl_->options.tls != nullptr;
    return secret;
}

asio::awaitable<Result<void>> MasterService::open() {
    return impl_->open();
}

asio::awaitable<Result<void>> MasterService::Impl::open() {
    auto loaded = co_await config.load();
    if (!loaded) co_return loaded.error();
    auto described = co_await addresses.load();
    if (!described) co_return described.error();
    auto known = co_await load_accounts(store.registry(), accounts);
    if (!known) co_return known.error();
    auto defined = co_await load_definitions(store, definitions, board);
    if (!defined) co_return defined.error();
    auto resumed = co_await load_once(store, board, once_runs, wall_clock_now());
    if (!resumed) co_return resumed.error();
    note_damaged(*defined, definitions, log);
    note_damaged(*resumed, definitions, log);
    auto told = co_await alerts.load();
    if (!told) co_return told.error();
    // Before the first password is made, which a start that fails would lose.
    auto opened = server.open();
    if (!opened) co_return opened.error();
    if (uses_loopback) opened = loopback.open();
    if (!opened) co_return opened.error();
    auto made = co_await make_first_admin(store.registry(), accounts, password_pool);
    if (!made) co_return made.error();
    first_password = *std::move(made);
    co_return Result<void>();
}

std::optional<std::string> MasterService::take_first_password() {
    return std::exchange(impl_->first_password, std::nullopt);
}

Port MasterService::local_port() const {
    return impl_->server.local_port();
}

Port MasterService::local_probe_port() const {
    return impl_->uses_loopback ? impl_->loopback.local_port() : impl_->server.local_port();
}

asio::awaitable<void> MasterService::run() {
    return impl_->run();
}

asio::awaitable<void> MasterService::Impl::run() {
    async::TaskGroup tasks(executor, log);
    tasks.spawn("http server", server.serve());
    if (uses_loopback) tasks.spawn("loopback server", loopback.serve());
    tasks.spawn("configuration", config.run());
    tasks.spawn("databases of addresses", addresses.run());
    tasks.spawn("accounts",
                reload_accounts(accounts_changed, changes, store.registry(), accounts, log));
    tasks.spawn("alerts", alerts.run());
    tasks.spawn("latest rounds", keep_latest(api));
    tasks.spawn("probes that go", watch_probes(api, watch, options.probe_patience));
    tasks.spawn("live probes", tell_probes(
                                   live, [this] { return book.names(); }, activity));
    tasks.spawn("culprit watch", watch.run());
    tasks.spawn("upkeep", keep_up(store, options.upkeep, log));
    tasks.spawn("one-off orders", expire_orders(board, board_changed, once_changed));
    auto files = config.files();
    for (auto& file : certificate.files())
        files.push_back(std::move(file));
    for (auto& file : addresses.files())
        files.push_back(std::move(file));
    for (auto& file : alerts.files())
        files.push_back(std::move(file));
    auto const changed = [this] {
        config.look_again(false);
        certificate.look(false);
        addresses.look_again(false);
        alerts.look_again(false);
    };
    tasks.spawn("file watch", watch_files(executor, std::move(files), changed, log));
    // A master that is half alive is worse than one that systemd restarts: if one part fails, all
    // stop in order, and this part of the process has ended by itself.
    (void)co_await tasks.wait_until_one_fails();
    co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
    co_await tasks.join(options.limits.stop_grace + seconds(1));
}

void MasterService::reload() {
    impl_->config.look_again(true);
    impl_->accounts_changed.notify_all();
    impl_->certificate.look(true);
    impl_->addresses.look_again(true);
    impl_->alerts.look_again(true);
}

}  // namespace dtrace::master
