#pragma once

#include <dtrace/core/error.hpp>
#include <dtrace/core/file_descriptor.hpp>

#include <string>
#include <string_view>

namespace dtrace::app {

/// A file that lines are appended to, each in one write, so that other processes may append too.
/// One thread at a time.
class LogFile {
  public:
    /// Empty: standard error.
    static Result<LogFile> open(std::string path);

    void append(std::string_view line);
    Result<void> reopen();

  private:
    LogFile(std::string path, FileDescriptor file);

    std::string path_;
    FileDescriptor file_;  ///< none: standard error
};

}  // namespace dtrace::app
