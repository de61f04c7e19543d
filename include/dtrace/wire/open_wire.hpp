#pragma once

#include <dtrace/core/text.hpp>
#include <dtrace/wire/interface.hpp>
#include <dtrace/wire/wire.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <memory>
#include <string_view>

namespace dtrace {
class Logger;
}

namespace dtrace::wire {

/// How packets leave: "auto" (raw where CAP_NET_RAW allows it, else unprivileged), "raw",
/// "packet", "unprivileged".
enum class WireKind : std::uint8_t { automatic, raw, packet, unprivileged };

struct OpenedWire {
    std::unique_ptr<Wire> wire;
    WireKind kind = WireKind::raw;  ///< never automatic
};

/// Opens the wire and says in the log which one it is; packets leave through `interface`, if it is
/// not 0. Privileges may be given up afterwards. The
/// error names what the wished one needs and how to grant it.
[[nodiscard]] Result<OpenedWire> open_wire(boost::asio::any_io_executor executor, WireKind wished,
                                           InterfaceIndex interface, Logger& log);

/// What the unprivileged wire is, where nobody asked for it; for people.
[[nodiscard]] std::string unprivileged_note();

}  // namespace dtrace::wire

template <>
struct dtrace::TextForm<dtrace::wire::WireKind> {
    static std::string_view write(wire::WireKind kind);
    static Result<wire::WireKind> read(std::string_view text);
};
