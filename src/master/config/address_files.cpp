#include "config/address_files.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

#include <sys/stat.h>

#include <utility>

namespace dtrace::master {

namespace asio = boost::asio;

namespace {

/// Another one means that the file may have another content.
std::string stamp_of(std::filesystem::path const& file) {
    struct stat found {};
    if (::stat(file.c_str(), &found) != 0) return errno_error("absent").message;
    return fmt::format("{} {} {} {}.{} {}.{}", found.st_dev, found.st_ino, found.st_size,
                       found.st_mtim.tv_sec, found.st_mtim.tv_nsec, found.st_ctim.tv_sec,
                       found.st_ctim.tv_nsec);
}

}  // namespace

AddressFiles::AddressFiles(asio::any_io_executor executor, Options options,
                           async::WorkerPool& workers, Logger& log)
    : options_(std::move(options)), workers_(workers), log_(log), wakeup_(std::move(executor)) {
    using address_info::AddressBook;
    if (!options_.asn.empty())
        files_.push_back({.option = "--asn-db", .path = options_.asn, .place = &AddressBook::asn});
    if (!options_.geo.empty())
        files_.push_back({.option = "--geo-db", .path = options_.geo, .place = &AddressBook::geo});
}

std::vector<std::filesystem::path> AddressFiles::files() const {
    std::vector<std::filesystem::path> paths;
    for (auto const& file : files_)
        paths.push_back(file.path);
    return paths;
}

asio::awaitable<Result<void>> AddressFiles::load() {
    for (auto& file : files_) {
        auto found = co_await look(file);
        if (!found) continue;
        if (!*found) co_return within(file.option, found->error());
        in_force(file, **std::move(found));
    }
    co_return Result<void>();
}

asio::awaitable<void> AddressFiles::run() {
    for (;;) {
        auto const seen = wakeup_.version();
        for (auto& file : files_) {
            auto found = co_await look(file);
            if (!found) continue;
            if (*found)
                in_force(file, **std::move(found));
            else
                log_.error("database of addresses refused, what was in force stays",
                           {{"option", file.option}, {"reason", found->error().message}});
        }
        bool const woken = co_await wakeup_.wait(seen, Clock::now() + options_.look_every);
        auto const state = co_await asio::this_coro::cancellation_state;
        if (!woken && state.cancelled() != asio::cancellation_type::none) co_return;
    }
}

void AddressFiles::look_again(bool report) {
    if (report)
        for (auto& file : files_)
            file.stamp.clear();
    wakeup_.notify_all();
}

/// The stamp is taken before the file is read: what changes meanwhile is new at the next look.
asio::awaitable<std::optional<Result<AddressFiles::Database>>> AddressFiles::look(File& file) {
    auto const known = file.stamp;
    std::string stamp;
    auto database = co_await async::offload(workers_, [&]() -> Result<Database> {
        stamp = stamp_of(file.path);
        if (stamp == known) return Database();
        return address_info::AddressDatabase::open(file.path);
    });
    if (stamp.empty() || stamp == known) co_return std::nullopt;  // the pool is busy; or no news
    file.stamp = std::move(stamp);
    co_return database;
}

void AddressFiles::in_force(File const& file, Database database) {
    auto const built_at = database->built_at();
    log_.info("database of addresses in force",
              {{"option", file.option},
               {"file", file.path.string()},
               {"type", database->type()},
               {"built_at", built_at ? to_text(*built_at) : "?"}});
    book_.*file.place = std::move(database);
}

}  // namespace dtrace::master
