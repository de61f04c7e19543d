#pragma once

#include <dtrace/app/options.hpp>
#include <dtrace/core/error.hpp>
#include <dtrace/core/log.hpp>

#include <memory>
#include <string>

namespace dtrace::app {

/// The log of the product, on Boost.Log, whose core is one per process: so is this. A line that
/// cannot be written (disk full) is lost, the next is tried again.
class BoostLog final : public Logger {
  public:
    /// `access_file` empty: requests are told in the log itself, at level debug. The error names
    /// the file.
    static Result<std::unique_ptr<BoostLog>> open(LogOptions const& options,
                                                  std::string const& access_file = {});
    ~BoostLog() override;

    void write(LogLevel level, std::string_view event, std::span<LogField const> fields) override;

    /// Whether lines of the access log are kept anywhere.
    [[nodiscard]] bool wants_access() const;
    /// A line of the access log (http::access_line).
    void write_access(std::string const& line);

    /// Opens the files anew after they were moved away. Where that fails the old ones stay, and
    /// the log says so.
    void reopen();

  private:
    struct Sinks;
    BoostLog(LogLevel level, std::unique_ptr<Sinks> sinks);

    LogLevel level_;
    std::unique_ptr<Sinks> sinks_;
};

}  // namespace dtrace::app
