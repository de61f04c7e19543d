#pragma once

#include <dtrace/core/error.hpp>
#include <dtrace/core/log.hpp>

#include <mutex>
#include <optional>

namespace dtrace::store {

/// Damage of the file that any connection has met. It is logged once and stays: a damaged file does
/// not mend itself, though other parts of it can still be read and written. The threads that read
/// and write tell it, the program's asks: hence the mutex.
class Damage {
  public:
    explicit Damage(Logger& log) : log_(log) {}

    /// Why something could not be done, which need not be damage.
    void look_at(Error const& failure);
    [[nodiscard]] std::optional<Error> found() const;

  private:
    Logger& log_;
    mutable std::mutex mutex_;
    std::optional<Error> found_;
};

}  // namespace dtrace::store
