#pragma once

#include <dtrace/core/prefix.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace dtrace::test {

// Small MMDB files (MaxMind DB, version 2.0): a binary tree over the bits of the address, whose
// leaves are offsets into the data behind it, and metadata at the end.

/// Big endian.
inline std::string mmdb_bytes(std::uint64_t value, std::size_t count) {
    std::string bytes;
    while (count-- > 0)
        bytes += static_cast<char>(value >> 8 * count & 0xFF);
    return bytes;
}

/// What stands before a value: its type, and its size in bytes or members.
inline std::string mmdb_head(unsigned type, std::size_t size) {
    auto const shown = size < 29 ? size : size < 285 ? 29 : 30;
    auto const first = static_cast<std::uint8_t>((type < 8 ? type << 5 : 0U) | shown);
    std::string head(1, static_cast<char>(first));
    if (type >= 8) head += static_cast<char>(type - 7);
    if (size >= 285) return head + mmdb_bytes(size - 285, 2);
    return size >= 29 ? head + mmdb_bytes(size - 29, 1) : head;
}

inline std::string mmdb_text(std::string const& text) {
    return mmdb_head(2, text.size()) + text;
}
inline std::string mmdb_double(double value) {
    return mmdb_head(3, 8) + mmdb_bytes(std::bit_cast<std::uint64_t>(value), 8);
}
inline std::string mmdb_uint16(std::uint16_t value) {
    return mmdb_head(5, 2) + mmdb_bytes(value, 2);
}
inline std::string mmdb_uint32(std::uint32_t value) {
    return mmdb_head(6, 4) + mmdb_bytes(value, 4);
}
inline std::string mmdb_uint64(std::uint64_t value) {
    return mmdb_head(9, 8) + mmdb_bytes(value, 8);
}
inline std::string mmdb_map(std::vector<std::pair<std::string, std::string>> const& members) {
    auto map = mmdb_head(7, members.size());
    for (auto const& [name, value] : members)
        map += mmdb_text(name) + value;
    return map;
}

class MmdbWriter {
  public:
    /// Blocks must not overlap.
    void add(std::string const& prefix, std::string const& value) {
        auto const block = parse<Prefix>(prefix).value();
        bool const v4 = block.address.is_v4();
        std::array<std::uint8_t, 16> bits{};  // IPv4 is the first 2^32 addresses of the tree
        if (v4) {
            auto const four = block.address.to_v4().to_bytes();
            std::copy(four.begin(), four.end(), bits.begin() + 12);
        } else {
            bits = block.address.to_v6().to_bytes();
        }
        std::size_t const length = block.length + (v4 ? 96U : 0U);
        std::size_t node = 0;
        for (std::size_t depth = 0; depth < length; ++depth) {
            auto const side = static_cast<std::size_t>(bits[depth / 8] >> (7 - depth % 8) & 1);
            if (depth + 1 == length) {
                nodes_[node][side] = {.data = true, .number = data_.size()};
                break;
            }
            if (nodes_[node][side].number == 0) {
                nodes_[node][side] = {.data = false, .number = nodes_.size()};
                nodes_.emplace_back();
            }
            node = nodes_[node][side].number;
        }
        data_ += value;
    }

    [[nodiscard]] std::string file(std::string const& type = "Test",
                                   std::uint64_t built_at = 1'700'000'000) const {
        std::string tree;
        for (auto const& node : nodes_)
            for (auto const& record : node)
                tree += mmdb_bytes(value_of(record), 4);
        auto const metadata = mmdb_map({{"node_count", mmdb_uint32(count())},
                                        {"record_size", mmdb_uint16(32)},
                                        {"ip_version", mmdb_uint16(6)},
                                        {"database_type", mmdb_text(type)},
                                        {"languages", mmdb_head(11, 0)},
                                        {"binary_format_major_version", mmdb_uint16(2)},
                                        {"binary_format_minor_version", mmdb_uint16(0)},
                                        {"build_epoch", mmdb_uint64(built_at)},
                                        {"description", mmdb_map({})}});
        return tree + std::string(16, '\0') + data_ + "\xAB\xCD\xEFMaxMind.com" + metadata;
    }

    /// Nodes of the tree, which take eight bytes each at the beginning of the file.
    [[nodiscard]] std::uint32_t count() const { return static_cast<std::uint32_t>(nodes_.size()); }

  private:
    struct Record {
        bool data = false;
        std::size_t number = 0;  ///< node or offset; of a node 0: there is nothing
    };

    [[nodiscard]] std::uint64_t value_of(Record const& record) const {
        if (record.data) return nodes_.size() + 16 + record.number;
        return record.number == 0 ? nodes_.size() : record.number;
    }

    std::vector<std::array<Record, 2>> nodes_{1};
    std::string data_;
};

/// The entries that the tests know of, named as MaxMind names them.
inline std::string mmdb_network(std::uint32_t asn, std::string const& organisation) {
    return mmdb_map({{"autonomous_system_number", mmdb_uint32(asn)},
                     {"autonomous_system_organization", mmdb_text(organisation)}});
}
inline std::string mmdb_place(std::string const& country, std::string const& city, double latitude,
                              double longitude, std::uint16_t radius_km) {
    return mmdb_map({{"city", mmdb_map({{"names", mmdb_map({{"en", mmdb_text(city)}})}})},
                     {"country", mmdb_map({{"iso_code", mmdb_text(country)}})},
                     {"location", mmdb_map({{"accuracy_radius", mmdb_uint16(radius_km)},
                                            {"latitude", mmdb_double(latitude)},
                                            {"longitude", mmdb_double(longitude)}})}});
}

}  // namespace dtrace::test
