#pragma once

#include <dtrace/core/error.hpp>
#include <dtrace/dist_traceroute/slave_config.hpp>
#include <dtrace/dist_traceroute/slave_message.hpp>
#include <dtrace/model/trace.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace dtrace::dist_traceroute {

/// The SQLite database of dist-traceroute's master, opened for reading only. Blocks.
class OldDatabase {
  public:
    /// The error names the file and says why it cannot be taken over.
    [[nodiscard]] static Result<std::unique_ptr<OldDatabase>> open(
        std::filesystem::path const& file);
    ~OldDatabase();
    OldDatabase(OldDatabase const&) = delete;
    OldDatabase& operator=(OldDatabase const&) = delete;

    /// With their secrets, which stood there in clear.
    [[nodiscard]] Result<std::vector<SlaveLogin>> slaves();
    [[nodiscard]] Result<std::vector<SlaveTarget>> targets();

    /// The next traces, at most `count`, in the order in which they were stored; none: no more.
    /// The same database gives the same ids each time.
    [[nodiscard]] Result<std::vector<Trace>> next(std::size_t count);

    /// Rows that could not become a trace: no start, no such slave or target.
    [[nodiscard]] std::uint64_t skipped() const;

  private:
    struct Impl;
    explicit OldDatabase(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// What dt-slaves.json and dt-targets.json have to say so that the master goes on as before.
[[nodiscard]] std::string probes_file(std::vector<SlaveLogin> const& slaves);
[[nodiscard]] std::string targets_file(std::vector<SlaveTarget> const& targets);

}  // namespace dtrace::dist_traceroute
