#include "expire_orders.hpp"
#include "file_watch.hpp"
#include "routes.hpp"

#include <dtrace/async/task_group.hpp>
#include <dtrace/async/wakeup.hpp>
#include <dtrace/master/master_service.hpp>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include <sodium.h>

#include <array>
#include <utility>

namespace dtrace::master {

namespace asio = boost::asio;

namespace {

/// argon2id takes 19 MiB and a core each; more at a time would hold up everything else.
constexpr std::size_t password_threads = 2;

ProbeLogin::Options login_options(MasterOptions const& options) {
    ProbeLogin::Options result;
    for (auto* throttle : {&result.per_name, &result.per_source}) {
        throttle->first_delay = options.first_login_delay;
        throttle->longest_delay = options.longest_login_delay;
    }
    return result;
}

ConfigFiles::Options file_options(MasterOptions const& options) {
    return {.probes = options.probes_file,
            .probes_required = options.probes_file_required,
            .targets = options.targets_file,
            .targets_required = options.targets_file_required,
            .look_every = options.look_every};
}

http::ServerOptions server_options(MasterOptions const& options, async::WorkerPool& workers) {
    return {.listen = options.listen,
            .port = options.port,
            .limits = options.limits,
            .workers = &workers};
}

}  // namespace

struct MasterService::Impl {
    asio::any_io_executor executor;
    MasterOptions options;
    Logger& log;
    async::WorkerPool password_pool;
    LoginBook book;
    ProbeLogin login;
    AssignmentBoard board;
    async::Wakeup board_changed;
    ProbeActivity activity;
    Ingest ingest;
    ConfigFiles config;
    Api api;
    http::Router router;
    http::Server server;

    Impl(asio::any_io_executor where, MasterOptions what, store::Store& store,
         async::WorkerPool& workers, Logger& logger, http::AccessLog access_log)
        : executor(std::move(where)),
          options(std::move(what)),
          log(logger),
          password_pool({.name = "passwords",
                         .threads = password_threads,
                         .max_waiting = options.max_waiting_logins}),
          login(book, password_pool, log, login_options(options)),
          board_changed(executor),
          ingest(store.traces(), board, workers, log,
                 {.max_traces = options.max_report_traces, .max_reports = options.max_reports}),
          config(executor, file_options(options),
                 {.book = book,
                  .board = board,
                  .changed = board_changed,
                  .catalog = store.catalog(),
                  .workers = workers,
                  .password_pool = password_pool,
                  .log = log}),
          api{.book = book,
              .login = login,
              .board = board,
              .board_changed = board_changed,
              .activity = activity,
              .ingest = ingest,
              .config = config,
              .store = store,
              .workers = workers,
              .started = Clock::now(),
              .started_at = wall_clock_now()},
          router(routes(api)),
          server(executor, server_options(options, workers), router, log, std::move(access_log)) {
        ingest.on_taken([this](TakenTraces const& traces) {
            if (board.once_reported(*traces)) board_changed.notify_all();
        });
    }

    asio::awaitable<void> run();
};

MasterService::MasterService(asio::any_io_executor executor, MasterOptions options,
                             store::Store& store, async::WorkerPool& workers, Logger& log,
                             http::AccessLog access_log)
    : impl_(std::make_unique<Impl>(std::move(executor), std::move(options), store, workers, log,
                                   std::move(access_log))) {}

MasterService::~MasterService() = default;

std::string MasterService::add_local_probe(std::string_view name) {
    std::array<unsigned char, 32> bytes;
    randombytes_buf(bytes.data(), bytes.size());
    std::array<char, 2 * bytes.size() + 1> secret;
    sodium_bin2hex(secret.data(), secret.size(), bytes.data(), bytes.size());
    impl_->book.add_local(name, secret.data());
    impl_->board.set_probes(impl_->book.names());
    return secret.data();
}

asio::awaitable<Result<void>> MasterService::open() {
    auto loaded = co_await impl_->config.load();
    if (!loaded) co_return loaded.error();
    co_return impl_->server.open();
}

Port MasterService::local_port() const {
    return impl_->server.local_port();
}

asio::awaitable<void> MasterService::run() {
    return impl_->run();
}

asio::awaitable<void> MasterService::Impl::run() {
    async::TaskGroup tasks(executor, log);
    tasks.spawn("http server", server.serve());
    tasks.spawn("configuration", config.run());
    tasks.spawn("one-off orders", expire_orders(board, board_changed));
    tasks.spawn("file watch",
                watch_files(
                    executor, config.files(), [this] { config.look_again(false); }, log));
    co_await tasks.wait_until_empty();
    co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
    co_await tasks.join(options.limits.stop_grace + seconds(1));
}

void MasterService::reload() {
    impl_->config.look_again(true);
}

}  // namespace dtrace::master
