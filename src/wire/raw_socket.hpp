#pragma once

#include "socket_filter.hpp"

#include <dtrace/core/error.hpp>
#include <dtrace/core/file_descriptor.hpp>
#include <dtrace/core/ip.hpp>
#include <dtrace/wire/interface.hpp>

namespace dtrace::wire {

/// A non-blocking raw socket that queues only what `filter` accepts. Where the right is missing,
/// the error names it and how to grant it.
[[nodiscard]] Result<FileDescriptor> open_raw_socket(Family family, int protocol,
                                                     SocketFilter const& filter);

/// From now on exactly what `filter` accepts is queued.
[[nodiscard]] Result<void> let_in(FileDescriptor const& socket, SocketFilter const& filter);

/// Whether `error` says that this host has no such address family (and not that we did wrong).
[[nodiscard]] bool is_missing_family(Error const& error);

/// From now on packets leave through `interface`, whatever the routes say; 0 changes nothing.
[[nodiscard]] Result<void> bind_to_interface(FileDescriptor const& socket,
                                             InterfaceIndex interface);

[[nodiscard]] Result<void> set_option(FileDescriptor const& socket, int level, int name, int value);

/// Whether errno says that a packet finds no room now: later it may.
[[nodiscard]] bool is_full(int error);

enum class Buffer : std::uint8_t { receive, send };

/// Asks for `bytes` of buffer and returns how many the kernel granted. Its own overhead counts
/// into them by about the same again, for which it doubles what it is asked for; this is undone in
/// the answer.
[[nodiscard]] int enlarge(FileDescriptor const& socket, Buffer buffer, int bytes);

/// Reads and clears the socket's pending error (0: none), which an ICMP error for something else
/// may have left there.
int take_pending_error(FileDescriptor const& socket);

}  // namespace dtrace::wire
