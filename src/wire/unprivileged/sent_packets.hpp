#pragma once

#include <dtrace/core/time.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <unordered_map>

namespace dtrace::wire {

/// The packets of the last seconds by what their replies will show, bounded in number and age.
class SentPackets {
  public:
    /// The socket that a packet left by (its number, not its descriptor) and the packet's token.
    struct Key {
        std::uint32_t socket = 0;
        std::uint32_t token = 0;
    };

    SentPackets(std::size_t most, Duration longest) : most_(most), longest_(longest) {}

    static constexpr std::size_t largest_packet = 128;

    /// Takes the place of an older packet with this key. At most largest_packet bytes.
    void remember(Key key, std::span<std::byte const> bytes, TimePoint now);
    void forget(Key key);

    /// Valid until the next remember().
    [[nodiscard]] std::optional<std::span<std::byte const>> find(Key key) const;

    [[nodiscard]] std::size_t size() const { return packets_.size(); }

  private:
    struct Packet {
        std::array<std::byte, largest_packet> bytes;
        std::uint8_t size = 0;
        TimePoint sent;
    };
    struct Turn {
        std::uint64_t key;
        TimePoint sent;
    };
    [[nodiscard]] static std::uint64_t number(Key key) {
        return std::uint64_t{key.socket} << 32 | key.token;
    }

    std::size_t most_;
    Duration longest_;
    std::unordered_map<std::uint64_t, Packet> packets_;
    std::deque<Turn> turns_;  ///< in the order of sending; a key sent again has a later turn
};

}  // namespace dtrace::wire
