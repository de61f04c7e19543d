#pragma once

#include <dtrace/model/answer.hpp>

#include <string>
#include <string_view>

namespace dtrace::formats {

/// Text from the network: what a terminal could take for a command is not passed on.
[[nodiscard]] std::string printable(std::string_view name);

/// The remark behind a time, with its leading space: "!H", "!F-1400", … as traceroute has them; a
/// code that has no letter is "!<code>", another ICMP error "!<type.code>".
[[nodiscard]] std::string error_mark(Answer const& answer);

/// What the router attached, in angle brackets, as `traceroute -e` has it: label stacks,
/// interfaces, who it is, and objects not understood; and what had become of our packet: [NAT …],
/// [tos 0x20].
[[nodiscard]] std::string attachments(Answer const& answer);

/// Whether two answers of a hop are shown as from one: only their times differ.
[[nodiscard]] bool same_sender(Answer const& a, Answer const& b);

/// " [tunnel? return_path 4]"; empty where there is no hint.
[[nodiscard]] std::string tunnel_text(Hop const& hop);

}  // namespace dtrace::formats
