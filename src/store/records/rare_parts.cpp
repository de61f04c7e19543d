#include "records/rare_parts.hpp"

#include "records/address_bytes.hpp"

#include <boost/describe/enumerators.hpp>
#include <boost/describe/members.hpp>
#include <boost/mp11/algorithm.hpp>

#include <algorithm>
#include <concepts>
#include <optional>
#include <string_view>
#include <type_traits>
#include <vector>

namespace dtrace::store {

namespace {

// What enumerators are in the database: their order is part of the format, new ones go to the end.
static_assert(static_cast<int>(InterfaceRole::incoming) == 0);
static_assert(static_cast<int>(InterfaceRole::next_hop) == 3);
static_assert(static_cast<int>(TunnelSign::quoted_ttl) == 0);
static_assert(static_cast<int>(TunnelSign::label_ttl) == 1);
static_assert(static_cast<int>(TunnelSign::return_path) == 2);
static_assert(static_cast<int>(TunnelSign::echo_path) == 3);
static_assert(static_cast<int>(TunnelSign::same_address) == 4);
static_assert(static_cast<int>(Balancing::none) == 0);
static_assert(static_cast<int>(Balancing::per_flow) == 1);
static_assert(static_cast<int>(Balancing::per_packet) == 2);
static_assert(static_cast<int>(Balancing::unknown) == 3);

constexpr unsigned text_order = 3;
constexpr unsigned list_order = 0;

// One `put` and one `get` for each type that a member may have.

template <std::unsigned_integral T>
void put(BitWriter& out, T value) {
    out.bits(value, std::same_as<T, bool> ? 1 : sizeof(T) * 8);
}
template <std::unsigned_integral T>
void get(BitReader& in, T& value) {
    value = static_cast<T>(in.bits(std::same_as<T, bool> ? 1 : sizeof(T) * 8));
}

template <class E>
requires std::is_enum_v<E>
void put(BitWriter& out, E value) {
    out.number(static_cast<std::uint64_t>(value), 0);
}
template <class E>
requires std::is_enum_v<E>
void get(BitReader& in, E& value) {
    std::uint64_t const number = in.number(0);
    bool known = false;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto enumerator) {
        if (static_cast<std::uint64_t>(enumerator.value) != number) return;
        value = enumerator.value;
        known = true;
    });
    if (!known) in.fail();
}

void put(BitWriter& out, std::string_view text) {
    out.number(text.size(), text_order);
    for (char const c : text)
        out.bits(static_cast<unsigned char>(c), 8);
}
void get(BitReader& in, std::string& text) {
    text.resize(in.count(text_order));
    for (char& c : text)
        c = static_cast<char>(in.bits(8));
}

void put(BitWriter& out, IpAddress const& address) {
    put(out, std::string_view(address_to_bytes(address)));
}
void get(BitReader& in, IpAddress& address) {
    std::string bytes;
    get(in, bytes);
    if (auto const read = address_from_bytes(bytes))
        address = *read;
    else
        in.fail();
}

template <class T>
void put(BitWriter& out, std::optional<T> const& value);
template <class T>
void get(BitReader& in, std::optional<T>& value);
template <class T>
void put(BitWriter& out, Rare<T> const& value);
template <class T>
void get(BitReader& in, Rare<T>& value);
template <class T>
void put(BitWriter& out, std::vector<T> const& list);
template <class T>
void get(BitReader& in, std::vector<T>& list);

void put(BitWriter& out, Octets const& octets) {
    put(out, octets.bytes);
}
void get(BitReader& in, Octets& octets) {
    get(in, octets.bytes);
}

/// Structs, member by member in the order of their description.
template <class T>
requires boost::describe::has_describe_members<T>::value void put(BitWriter& out, T const& value) {
    using Members = boost::describe::describe_members<T, boost::describe::mod_public>;
    boost::mp11::mp_for_each<Members>([&](auto member) { put(out, value.*member.pointer); });
}
template <class T>
requires boost::describe::has_describe_members<T>::value void get(BitReader& in, T& value) {
    using Members = boost::describe::describe_members<T, boost::describe::mod_public>;
    boost::mp11::mp_for_each<Members>([&](auto member) { get(in, value.*member.pointer); });
}

template <class T>
void put(BitWriter& out, std::optional<T> const& value) {
    out.bit(value.has_value());
    if (value) put(out, *value);
}
template <class T>
void get(BitReader& in, std::optional<T>& value) {
    if (in.bit()) get(in, value.emplace());
}

template <class T>
void put(BitWriter& out, Rare<T> const& value) {
    out.bit(value.has_value());
    if (value) put(out, *value);
}
template <class T>
void get(BitReader& in, Rare<T>& value) {
    if (in.bit()) get(in, value.emplace());
}

template <class T>
void put(BitWriter& out, std::vector<T> const& list) {
    out.number(list.size(), list_order);
    for (T const& element : list)
        put(out, element);
}
template <class T>
void get(BitReader& in, std::vector<T>& list) {
    list.clear();
    for (std::size_t left = in.count(list_order); left > 0 && in.good(); --left)
        get(in, list.emplace_back());
}

}  // namespace

bool has_rare_parts(Answer const& answer) {
    return answer.quoted_tos || answer.icmp_type || answer.translation || answer.interfaces ||
           answer.node || answer.objects;
}

bool have_equal_rare_parts(Answer const& a, Answer const& b) {
    return a.quoted_tos == b.quoted_tos && a.icmp_type == b.icmp_type &&
           a.translation == b.translation && a.interfaces == b.interfaces && a.node == b.node &&
           a.objects == b.objects;
}

void write_rare_parts(BitWriter& out, Answer const& answer) {
    put(out, answer.quoted_tos);
    put(out, answer.icmp_type);
    put(out, answer.translation);
    put(out, answer.interfaces);
    put(out, answer.node);
    put(out, answer.objects);
}

void read_rare_parts(BitReader& in, Answer& answer) {
    get(in, answer.quoted_tos);
    get(in, answer.icmp_type);
    get(in, answer.translation);
    get(in, answer.interfaces);
    get(in, answer.node);
    get(in, answer.objects);
}

bool has_rare_parts(Path const& path) {
    return path.partial || std::ranges::any_of(path.hops, [](Hop const& hop) {
               return hop.tunnel_hints.has_value();
           });
}

void write_rare_parts(BitWriter& out, Path const& path) {
    put(out, path.partial);
    for (Hop const& hop : path.hops)
        put(out, hop.tunnel_hints);
}

void read_rare_parts(BitReader& in, Path& path) {
    get(in, path.partial);
    for (Hop& hop : path.hops)
        get(in, hop.tunnel_hints);
}

void write_multipath(BitWriter& out, Multipath const& multipath) {
    put(out, multipath);
}

Multipath read_multipath(BitReader& in) {
    Multipath multipath;
    get(in, multipath);
    return multipath;
}

}  // namespace dtrace::store
