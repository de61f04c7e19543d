#include "process/notify.hpp"

#include <fmt/format.h>

#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <charconv>
#include <cstring>

namespace dtrace::app {

namespace {

std::string value_of(Environment const& environment, char const* name) {
    auto const variable = environment.find(name);
    return variable == environment.end() ? std::string() : variable->second;
}

std::optional<std::int64_t> integer_of(std::string const& text) {
    std::int64_t value = 0;
    auto const [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace

Notifier::Notifier(Environment const& environment)
    : address_(value_of(environment, "NOTIFY_SOCKET")) {
    bool const usable = address_.starts_with('/') || address_.starts_with('@');
    if (!usable || address_.size() >= sizeof(sockaddr_un::sun_path)) return;
    socket_ = FileDescriptor(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));

    auto const pid = value_of(environment, "WATCHDOG_PID");
    auto const limit = integer_of(value_of(environment, "WATCHDOG_USEC"));
    if (limit && *limit > 0 && (pid.empty() || integer_of(pid) == ::getpid()))
        watchdog_period_ = microseconds(*limit) / 3;
}

void Notifier::reloading() const {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    send(fmt::format("RELOADING=1\nMONOTONIC_USEC={}",
                     std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1'000));
}

void Notifier::send(std::string_view state) const {
    if (!socket_) return;
    sockaddr_un to{};
    to.sun_family = AF_UNIX;
    std::memcpy(to.sun_path, address_.data(), address_.size());
    if (to.sun_path[0] == '@') to.sun_path[0] = '\0';
    auto const length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
    // Nobody to tell if this fails; the service manager will notice the silence.
    (void)::sendto(socket_.get(), state.data(), state.size(), MSG_NOSIGNAL,
                   reinterpret_cast<sockaddr const*>(&to), length);
}

}  // namespace dtrace::app
