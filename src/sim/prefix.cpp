#include "address_key.hpp"

#include <dtrace/sim/prefix.hpp>

#include <charconv>

namespace dtrace::sim {

Prefix host_prefix(IpAddress const& address) {
    return {.address = address, .length = static_cast<std::uint8_t>(address.is_v4() ? 32 : 128)};
}

bool contains(Prefix const& outer, Prefix const& inner) {
    return outer.address.is_v4() == inner.address.is_v4() && outer.length <= inner.length &&
           masked(key_of(inner.address), key_length(outer.address, outer.length)) ==
               key_of(outer.address);
}

}  // namespace dtrace::sim

namespace dtrace {

std::string TextForm<sim::Prefix>::write(sim::Prefix const& prefix) {
    return to_text(prefix.address) + "/" + std::to_string(prefix.length);
}

Result<sim::Prefix> TextForm<sim::Prefix>::read(std::string_view text) {
    using boost::system::errc::invalid_argument;
    auto const slash = text.find('/');
    auto const address = parse<IpAddress>(text.substr(0, slash));
    if (!address)
        return make_error(invalid_argument, "must be an address or a prefix like 192.0.2.0/24");
    auto prefix = sim::host_prefix(*address);
    if (slash == std::string_view::npos) return prefix;

    auto const digits = text.substr(slash + 1);
    unsigned length = 0;
    auto const [end, failed] =
        std::from_chars(digits.data(), digits.data() + digits.size(), length);
    if (failed != std::errc{} || end != digits.data() + digits.size() || length > prefix.length)
        return make_error(invalid_argument,
                          "must have a prefix length of 0 to " + std::to_string(prefix.length));
    prefix.length = static_cast<std::uint8_t>(length);
    auto const key = sim::key_of(*address);
    if (sim::masked(key, sim::key_length(*address, length)) != key)
        return make_error(invalid_argument, "must have no bits set behind its prefix length");
    return prefix;
}

}  // namespace dtrace
