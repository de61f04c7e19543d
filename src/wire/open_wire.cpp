#include <dtrace/core/log.hpp>
#include <dtrace/wire/open_wire.hpp>
#include <dtrace/wire/packet_wire.hpp>
#include <dtrace/wire/privileges.hpp>
#include <dtrace/wire/raw_wire.hpp>
#include <dtrace/wire/unprivileged_wire.hpp>

#include <array>
#include <utility>

namespace dtrace::wire {

namespace {

using Named = std::pair<WireKind, std::string_view>;
constexpr std::array<Named, 4> names{{{WireKind::automatic, "auto"},
                                      {WireKind::raw, "raw"},
                                      {WireKind::packet, "packet"},
                                      {WireKind::unprivileged, "unprivileged"}}};

/// Their open() functions give pointers to themselves.
template <class Opened>
Result<OpenedWire> opened_as(WireKind kind, Opened opened) {
    if (!opened) return opened.error();
    return OpenedWire{*std::move(opened), kind};
}

Result<OpenedWire> open_kind(boost::asio::any_io_executor executor, WireKind kind,
                             InterfaceIndex interface, Logger& log) {
    if (kind == WireKind::unprivileged)
        return opened_as(kind,
                         UnprivilegedWire::open(std::move(executor), {.interface = interface}));
    RawWireOptions const options{.interface = interface};
    if (kind == WireKind::packet)
        return opened_as(kind, PacketWire::open(std::move(executor), options, log));
    return opened_as(kind, RawWire::open(std::move(executor), options, log));
}

}  // namespace

Result<OpenedWire> open_wire(boost::asio::any_io_executor executor, WireKind wished,
                             InterfaceIndex interface, Logger& log) {
    WireKind kind = wished;
    if (wished == WireKind::automatic)
        kind = has_net_raw() ? WireKind::raw : WireKind::unprivileged;
    auto opened = open_kind(std::move(executor), kind, interface, log);
    if (!opened) return opened;
    log.info("wire opened", {{"wire", to_text(kind)},
                             {"why", wished != WireKind::automatic ? "asked for"
                                     : kind == WireKind::raw       ? "CAP_NET_RAW is there"
                                                                   : "CAP_NET_RAW is missing"}});
    return opened;
}

std::string unprivileged_note() {
    return "CAP_NET_RAW is missing, so this is what an ordinary user can do: UDP, and ICMP where "
           "the system allows it";
}

}  // namespace dtrace::wire

namespace dtrace {

std::string_view TextForm<wire::WireKind>::write(wire::WireKind kind) {
    for (auto const& [each, name] : wire::names)
        if (each == kind) return name;
    return "unknown";
}

Result<wire::WireKind> TextForm<wire::WireKind>::read(std::string_view text) {
    for (auto const& [kind, name] : wire::names)
        if (text == name) return kind;
    return make_error(boost::system::errc::invalid_argument,
                      "must be one of auto, raw, packet, unprivileged");
}

}  // namespace dtrace
