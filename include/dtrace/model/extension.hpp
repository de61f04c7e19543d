#pragma once

#include <dtrace/core/enum_text.hpp>
#include <dtrace/core/ip.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dtrace {

// What routers attach to their ICMP messages (RFC 4884).

/// One entry of an MPLS label stack (RFC 4950).
struct MplsLabel {
    std::uint32_t label = 0;
    std::uint8_t traffic_class = 0;
    bool bottom = false;
    std::uint8_t ttl = 0;

    friend bool operator==(MplsLabel const&, MplsLabel const&) = default;
};
BOOST_DESCRIBE_STRUCT(MplsLabel, (), (label, traffic_class, bottom, ttl))

/// Which of the reply sender's interfaces an InterfaceInfo is about; in the order of RFC 5837.
enum class InterfaceRole : std::uint8_t { incoming, incoming_part, outgoing, next_hop };
BOOST_DESCRIBE_ENUM(InterfaceRole, incoming, incoming_part, outgoing, next_hop)

/// What a router says of one of its interfaces (RFC 5837).
struct InterfaceInfo {
    InterfaceRole role = InterfaceRole::incoming;
    std::optional<std::uint32_t> index{};
    std::optional<IpAddress> address{};
    std::optional<std::string> name{};  ///< printable ASCII; other bytes are shown as '?'
    std::optional<std::uint32_t> mtu{};

    friend bool operator==(InterfaceInfo const&, InterfaceInfo const&) = default;
};
BOOST_DESCRIBE_STRUCT(InterfaceInfo, (), (role, index, address, name, mtu))

/// Who a router says it is, whatever address it answers from
/// (draft-ietf-intarea-extended-icmp-nodeid).
struct NodeIdentity {
    std::optional<IpAddress> address{};
    std::optional<std::string> name{};  ///< as InterfaceInfo::name

    friend bool operator==(NodeIdentity const&, NodeIdentity const&) = default;
};
BOOST_DESCRIBE_STRUCT(NodeIdentity, (), (address, name))

/// Bytes as they came. Their text form is hexadecimal.
struct Octets {
    std::vector<std::uint8_t> bytes{};

    friend bool operator==(Octets const&, Octets const&) = default;
};
template <>
struct TextForm<Octets> {
    static std::string write(Octets const& octets);
    static Result<Octets> read(std::string_view text);
};

/// An extension object (RFC 4884) that we cannot read, without its header.
struct ExtensionObject {
    std::uint8_t class_number = 0;
    std::uint8_t type = 0;
    Octets payload{};

    friend bool operator==(ExtensionObject const&, ExtensionObject const&) = default;
};
BOOST_DESCRIBE_STRUCT(ExtensionObject, (), (class_number, type, payload))

/// All that the extension of an ICMP message says.
struct Extensions {
    std::vector<MplsLabel> labels{};  ///< outermost first
    std::vector<InterfaceInfo> interfaces{};
    std::optional<NodeIdentity> node{};
    std::vector<ExtensionObject> unknown{};

    [[nodiscard]] bool empty() const {
        return labels.empty() && interfaces.empty() && !node && unknown.empty();
    }
    friend bool operator==(Extensions const&, Extensions const&) = default;
};

}  // namespace dtrace
