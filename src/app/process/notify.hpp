#pragma once

#include <dtrace/app/options.hpp>
#include <dtrace/core/file_descriptor.hpp>
#include <dtrace/core/time.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace dtrace::app {

/// Tells the service manager how we are (sd_notify(3)), if there is one that wants to know.
class Notifier {
  public:
    /// From NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID.
    explicit Notifier(Environment const& environment);

    /// How often it wants to hear from us, at least twice in its own time limit; none: never.
    [[nodiscard]] std::optional<Duration> watchdog_period() const { return watchdog_period_; }

    void ready() const { send("READY=1"); }
    void alive() const { send("WATCHDOG=1"); }
    void reloading() const;
    void stopping() const { send("STOPPING=1"); }

  private:
    void send(std::string_view state) const;

    std::string address_;
    FileDescriptor socket_;  ///< none: nobody wants to know
    std::optional<Duration> watchdog_period_;
};

}  // namespace dtrace::app
