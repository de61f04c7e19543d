#pragma once

#include <dtrace/core/error.hpp>

#include <string>
#include <string_view>

namespace dtrace::app {

/// A file that lines are appended to, each in one write, so that other processes may append too.
/// One thread at a time.
class LogFile {
  public:
    /// Empty: standard error.
    static Result<LogFile> open(std::string path);
    LogFile(LogFile&& other) noexcept;
    LogFile& operator=(LogFile&&) = delete;
    ~LogFile();

    void append(std::string_view line);
    Result<void> reopen();

  private:
    LogFile(std::string path, int descriptor);

    std::string path_;
    int descriptor_;
};

}  // namespace dtrace::app
