#include "config/config_files.hpp"

#include "accounts/password_hash.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include <utility>

namespace dtrace::master {

namespace asio = boost::asio;

ConfigFiles::ConfigFiles(asio::any_io_executor executor, Options options, Parts parts)
    : options_(std::move(options)),
      parts_(parts),
      wakeup_(executor),
      probes_{.path = options_.probes,
              .required = options_.probes_required,
              .stamp = {},
              .state = {.file = options_.probes.string()}},
      targets_{.path = options_.targets,
               .required = options_.targets_required,
               .stamp = {},
               .state = {.file = options_.targets.string()}} {}

std::vector<std::filesystem::path> ConfigFiles::files() const {
    return {probes_.path, targets_.path};
}

asio::awaitable<Result<void>> ConfigFiles::load() {
    auto const known = co_await parts_.catalog.known_measurements();
    if (!known) co_return known.error();
    parts_.board.add_former(known->entries);
    if (auto const& [count, reason] = known->unreadable; count > 0)
        parts_.log.error("measurements of the files are unknown until a file names them again",
                         {{"damaged", count}, {"reason", reason ? reason->message : ""}});

    co_await look_at_both();
    for (File* file : {&probes_, &targets_}) {
        auto const& [name, state, entries, loaded_at, fault, refused_at] = file->state;
        if (state == ConfigState::refused)
            co_return make_error(boost::system::errc::invalid_argument,
                                 name + ": " + json::Fault{fault->path, fault->reason}.text());
        if (state == ConfigState::absent)
            parts_.log.warn("no such file, nothing is configured by it", {{"file", name}});
    }
    if (probes_.state.state == ConfigState::absent) probes_kept_ = false;
    if (targets_.state.state == ConfigState::absent)
        co_await keep_measurements(measurements_in_force_);
    co_return Result<void>();
}

asio::awaitable<void> ConfigFiles::run() {
    for (;;) {
        auto const seen = wakeup_.version();
        co_await look_at_both();
        co_await hash_passwords();
        co_await keep_probes();
        bool const woken = co_await wakeup_.wait(seen, Clock::now() + options_.look_every);
        auto const state = co_await asio::this_coro::cancellation_state;
        if (!woken && state.cancelled() != asio::cancellation_type::none) co_return;
    }
}

void ConfigFiles::look_again(bool report) {
    if (report) probes_.stamp = targets_.stamp = Uuid{};
    wakeup_.notify_all();
}

asio::awaitable<void> ConfigFiles::look_at_both() {
    co_await look_at_probes();
    co_await look_at_targets();
}

template <class T>
asio::awaitable<std::optional<T>> ConfigFiles::look(
    File& file, json::ReadResult<T> (*parse)(std::string_view)) {
    Uuid const known = file.stamp;
    auto found = co_await async::offload(parts_.workers,
                                         [&] { return look_at<T>(file.path, known, parse); });
    if (!found) co_return std::nullopt;  // the pool is busy: the next look will do
    if (found->stamp == known || file.stamp != known) co_return std::nullopt;
    file.stamp = found->stamp;
    if (found->fault)
        refuse(file, {found->fault->path, found->fault->reason});
    else if (found->absent && (file.required || file.state.state != ConfigState::absent))
        refuse(file, {{}, "there is no such file"});
    co_return std::move(found->content);
}

void ConfigFiles::refuse(File& file, ConfigFault fault) {
    parts_.log.error("configuration refused, what was in force stays",
                     {{"file", file.state.file}, {"path", fault.path}, {"reason", fault.reason}});
    file.state.state = ConfigState::refused;
    file.state.fault = std::move(fault);
    file.state.refused_at = wall_clock_now();
}

void ConfigFiles::in_force(File& file, std::size_t entries) {
    parts_.log.info("configuration in force", {{"file", file.state.file}, {"entries", entries}});
    file.state = {.file = file.state.file,
                  .state = ConfigState::loaded,
                  .entries = entries,
                  .loaded_at = wall_clock_now()};
    board_changed();
}

void ConfigFiles::board_changed() {
    for (auto const& name : parts_.board.missing_probes())
        parts_.log.warn("a measurement asks for a probe that may not log in", {{"probe", name}});
    for (auto const& name : parts_.board.overloaded())
        parts_.log.warn("a probe has more to send than its rate allows", {{"probe", name}});
    parts_.changed.notify_all();
}

asio::awaitable<void> ConfigFiles::look_at_probes() {
    auto entries = co_await look<std::vector<ProbeEntry>>(probes_, parse_probes_file);
    if (!entries) co_return;
    auto const count = entries->size();
    parts_.definitions.set_file_probes(std::move(*entries));
    probes_kept_ = false;
    in_force(probes_, count);
}

asio::awaitable<void> ConfigFiles::look_at_targets() {
    auto content = co_await look<TargetsFile>(targets_, parse_targets_file);
    if (content) {
        measurements_kept_ = false;
        co_await keep_measurements(content->measurements);
        measurements_in_force_ = content->measurements;
        parts_.definitions.set_file_measurements(std::move(content->measurements),
                                                 std::move(content->report_url));
        in_force(targets_, measurements_in_force_.size());
    } else if (!measurements_kept_) {
        co_await keep_measurements(measurements_in_force_);
    }
}

/// One at a time, so that logins get their turn; a new look comes first.
asio::awaitable<void> ConfigFiles::hash_passwords() {
    auto const seen = wakeup_.version();
    while (seen == wakeup_.version()) {
        auto const next = parts_.book.next_unhashed();
        if (!next) co_return;
        auto hash = co_await async::offload(parts_.password_pool,
                                            [&] { return hash_password(next->password); });
        if (!hash) co_return;
        parts_.book.set_hash(*next, std::move(*hash));
    }
}

asio::awaitable<void> ConfigFiles::keep_probes() {
    if (probes_kept_ || parts_.book.next_unhashed()) co_return;
    auto const kept = co_await parts_.catalog.replace_probes(parts_.book.probes());
    probes_kept_ = kept.has_value();
    if (!kept) parts_.log.error("probes not stored", {{"reason", kept.error().message}});
}

asio::awaitable<void> ConfigFiles::keep_measurements(std::vector<Measurement> measurements) {
    auto const kept = co_await parts_.catalog.replace_measurements(std::move(measurements));
    measurements_kept_ = kept.has_value();
    if (!kept) parts_.log.error("measurements not stored", {{"reason", kept.error().message}});
}

}  // namespace dtrace::master
