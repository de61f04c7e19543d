#pragma once

#include <dtrace/core/error.hpp>

#include <filesystem>
#include <string>
#include <string_view>

namespace dtrace::wire {

/// Whether this process may open raw sockets now (CAP_NET_RAW is effective).
[[nodiscard]] bool has_net_raw();

/// How to get it, for error messages: "run it with sudo, or grant CAP_NET_RAW once: sudo setcap …".
[[nodiscard]] std::string net_raw_advice();

/// For what `user` is to write once this process has become it: makes `folder` and gives it to the
/// user. One that is there already stays whose it is.
[[nodiscard]] Result<void> make_folder_of(std::string_view user,
                                          std::filesystem::path const& folder);

enum class KeepNetRaw : bool { no, yes };

/// Gives up for good every capability but CAP_NET_RAW (that one too with KeepNetRaw::no), and the
/// right to gain any by executing a program. With a `user`, becomes that user and its groups;
/// this needs root, unless the process is that user already. With an empty `user` the user ids
/// stay: root without capabilities still owns root's files, and nothing more.
///
/// Capabilities belong to threads: call it before the first thread is started.
[[nodiscard]] Result<void> drop_privileges(KeepNetRaw keep, std::string_view user = {});

}  // namespace dtrace::wire
