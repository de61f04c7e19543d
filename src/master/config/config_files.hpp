#pragma once

#include "accounts/login_book.hpp"
#include "catalog/assignment_board.hpp"
#include "catalog/definitions.hpp"
#include "config/config_state.hpp"
#include "config/read_config.hpp"
#include "config/targets_file.hpp"

#include <dtrace/async/offload.hpp>
#include <dtrace/async/wakeup.hpp>
#include <dtrace/core/log.hpp>
#include <dtrace/store/catalog.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace dtrace::master {

/// Keeps in force what the probes file and the targets file say, and the catalog up to date. A
/// broken file is refused with file, path and reason in the log and in the state; what was in force
/// stays. Driver: what a file means is decided in probes_file, targets_file, login_book and
/// assignment_board.
class ConfigFiles {
  public:
    struct Options {
        std::filesystem::path probes;
        bool probes_required = false;  ///< absent at start: an error, else nobody may log in
        std::filesystem::path targets;
        bool targets_required = false;
        Duration look_every = seconds(30);  ///< for changes that no event tells
    };
    struct Parts {
        LoginBook& book;
        AssignmentBoard& board;
        Definitions& definitions;
        async::Wakeup& changed;  ///< notified when the board is
        store::Catalog& catalog;
        async::WorkerPool& workers;        ///< for reading the files
        async::WorkerPool& password_pool;  ///< for argon2id
        Logger& log;
    };

    ConfigFiles(boost::asio::any_io_executor executor, Options options, Parts parts);

    /// At start. An error names the file, the path inside it and the reason.
    [[nodiscard]] boost::asio::awaitable<Result<void>> load();

    /// After load(): reads the files again when they change. Until cancelled.
    [[nodiscard]] boost::asio::awaitable<void> run();

    /// Have run() look now. `report`: and say what was found even if nothing changed.
    void look_again(bool report);

    [[nodiscard]] std::vector<std::filesystem::path> files() const;
    [[nodiscard]] std::vector<ConfigFileState> states() const {
        return {probes_.state, targets_.state};
    }

  private:
    struct File {
        std::filesystem::path path;
        bool required;
        Uuid stamp;
        ConfigFileState state;
    };

    template <class T>
    boost::asio::awaitable<std::optional<T>> look(File& file,
                                                  json::ReadResult<T> (*parse)(std::string_view));
    void refuse(File& file, ConfigFault fault);
    void in_force(File& file, std::size_t entries);

    boost::asio::awaitable<void> look_at_probes();
    boost::asio::awaitable<void> look_at_targets();
    boost::asio::awaitable<void> look_at_both();
    boost::asio::awaitable<void> hash_passwords();
    boost::asio::awaitable<void> keep_probes();
    boost::asio::awaitable<void> keep_measurements(std::vector<Measurement> measurements);
    void board_changed();

    Options options_;
    Parts parts_;
    async::Wakeup wakeup_;
    File probes_;
    File targets_;
    bool probes_kept_ = true;  ///< the catalog has the book's probes
    std::vector<Measurement> measurements_in_force_;
    bool measurements_kept_ = true;  ///< the catalog has those
};

}  // namespace dtrace::master
