#include "parcel.hpp"

#include "rewrite.hpp"

#include <dtrace/packet/checksum.hpp>
#include <dtrace/packet/ipv4.hpp>
#include <dtrace/packet/ipv6.hpp>

namespace dtrace::sim {
namespace {

std::uint64_t combined(AddressKey key, std::uint64_t seed) {
    return mixed(mixed(seed ^ key.high) ^ key.low);
}

}  // namespace

bool Parcel::load(packet::ByteView bytes) {
    if (bytes.empty() || bytes.size() > 0xFFFF) return false;
    bytes_.assign(bytes.begin(), bytes.end());
    flow_label_ = 0;
    later_fragment_ = may_be_fragmented_ = false;
    return std::to_integer<unsigned>(bytes_[0]) >> 4 == 4 ? read_ipv4() : read_ipv6();
}

bool Parcel::read_ipv4() {
    auto const header = packet::Ipv4Header::parse(bytes_);
    if (!header || header->total_length != bytes_.size() || !header_intact(*header, bytes_))
        return false;
    family_ = Family::ipv4;
    source_ = key_of(header->source);
    destination_ = key_of(header->destination);
    transport_at_ = header->header_size;
    protocol_ = header->protocol;
    later_fragment_ = header->fragment_offset != 0;
    may_be_fragmented_ = !header->dont_fragment;
    return true;
}

bool Parcel::read_ipv6() {
    auto const header = packet::Ipv6Header::parse(bytes_);
    if (!header || header->payload_length + packet::Ipv6Header::size != bytes_.size() ||
        header->source.is_v4_mapped() || header->destination.is_v4_mapped())
        return false;
    family_ = Family::ipv6;
    source_ = key_of(header->source);
    destination_ = key_of(header->destination);
    flow_label_ = header->flow_label;
    auto const behind = packet::ByteView(bytes_).subspan(packet::Ipv6Header::size);
    auto const payload = packet::skip_extension_headers(header->next_header, behind);
    later_fragment_ = !payload;
    protocol_ = payload ? payload->protocol : header->next_header;
    transport_at_ = bytes_.size() - (payload ? payload->bytes.size() : 0);
    return true;
}

bool Parcel::transport_intact() const {
    auto const bytes = transport();
    switch (protocol_) {
        case packet::protocol_udp:
            if (bytes.size() < 8) return false;
            if (family_ == Family::ipv4 && packet::ByteReader(bytes.subspan(6)).u16() == 0)
                return true;
            break;
        case packet::protocol_tcp:
        case packet::protocol_icmpv6:
            break;
        case packet::protocol_icmp:
            return packet::fold(packet::sum_words(bytes)) == 0xFFFF;
        default:
            return true;
    }
    auto const pseudo = packet::pseudo_header_sum(source(), destination(), protocol_,
                                                  static_cast<std::uint32_t>(bytes.size()));
    return packet::fold(pseudo + packet::sum_words(bytes)) == 0xFFFF;
}

std::uint8_t Parcel::ttl() const {
    return std::to_integer<std::uint8_t>(bytes_[family_ == Family::ipv4 ? 8 : 7]);
}

/// Once per hop, so without looking for the header again.
void Parcel::set_ttl(std::uint8_t ttl) {
    if (family_ == Family::ipv6) {
        bytes_[7] = std::byte{ttl};
        return;
    }
    replace_ipv4_byte(8, std::byte{ttl});
}

void Parcel::set_tos(std::uint8_t tos) {
    if (family_ == Family::ipv4) return replace_ipv4_byte(1, std::byte{tos});
    bytes_[0] = (bytes_[0] & std::byte{0xF0}) | (std::byte{tos} >> 4);
    bytes_[1] = (bytes_[1] & std::byte{0x0F}) | (std::byte{tos} << 4);
}

/// And keeps the header checksum true.
void Parcel::replace_ipv4_byte(std::size_t at, std::byte value) {
    auto const word = [&](std::size_t begin) {
        return static_cast<std::uint16_t>(std::to_integer<unsigned>(bytes_[begin]) << 8 |
                                          std::to_integer<unsigned>(bytes_[begin + 1]));
    };
    std::size_t const begin = at / 2 * 2;
    auto const old = word(begin);
    bytes_[at] = value;
    auto const sum = packet::update_checksum(word(10), old, word(begin));
    bytes_[10] = static_cast<std::byte>(sum >> 8);
    bytes_[11] = static_cast<std::byte>(sum & 0xFF);
}

void Parcel::set_source(IpAddress const& address) {
    rewrite_address(bytes_, End::source, address, true);
    source_ = key_of(address);
}

void Parcel::set_destination(IpAddress const& address) {
    rewrite_address(bytes_, End::destination, address, true);
    destination_ = key_of(address);
}

std::uint64_t Parcel::flow_hash() const {
    std::uint64_t hash = combined(source_, combined(destination_, protocol_));
    if (!later_fragment_ && transport().size() >= 4)
        hash = mixed(hash ^ packet::ByteReader(transport()).u32());
    return mixed(hash ^ flow_label_);
}

std::uint64_t Parcel::destination_hash() const {
    return combined(destination_, 0);
}

}  // namespace dtrace::sim
