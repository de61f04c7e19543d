#pragma once

#include <dtrace/address_info/address_book.hpp>
#include <dtrace/async/offload.hpp>
#include <dtrace/async/wakeup.hpp>
#include <dtrace/core/log.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace dtrace::master {

/// Keeps in force what the databases of addresses say, and reads them again when they change. One
/// that is broken or gone is refused with a line in the log; what was in force stays.
class AddressFiles {
  public:
    struct Options {
        std::filesystem::path asn;  ///< empty: none
        std::filesystem::path geo;
        Duration look_every = seconds(30);  ///< for changes that no event tells
    };

    AddressFiles(boost::asio::any_io_executor executor, Options options, async::WorkerPool& workers,
                 Logger& log);

    /// At start. The error names the option and the file.
    [[nodiscard]] boost::asio::awaitable<Result<void>> load();

    /// After load(): reads the files again when they change. Until cancelled.
    [[nodiscard]] boost::asio::awaitable<void> run();

    /// Have run() look now. `report`: and say what was found even if nothing changed.
    void look_again(bool report);

    [[nodiscard]] std::vector<std::filesystem::path> files() const;

    [[nodiscard]] address_info::AddressBook const& book() const { return book_; }

  private:
    using Database = std::shared_ptr<address_info::AddressDatabase const>;
    struct File {
        std::string option;
        std::filesystem::path path;
        Database address_info::AddressBook::*place;
        std::string stamp{};  ///< of what was looked at last; empty: look, whatever it is
    };

    /// None: it has not changed.
    boost::asio::awaitable<std::optional<Result<Database>>> look(File& file);
    void in_force(File const& file, Database database);

    Options options_;
    async::WorkerPool& workers_;
    Logger& log_;
    async::Wakeup wakeup_;
    std::vector<File> files_;
    address_info::AddressBook book_;
};

}  // namespace dtrace::master
