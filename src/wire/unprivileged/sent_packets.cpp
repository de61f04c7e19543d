#include "unprivileged/sent_packets.hpp"

#include <algorithm>

namespace dtrace::wire {

void SentPackets::remember(Key key, std::span<std::byte const> bytes, TimePoint now) {
    while (!turns_.empty() && (turns_.size() >= most_ || now - turns_.front().sent > longest_)) {
        auto const oldest = packets_.find(turns_.front().key);
        if (oldest != packets_.end() && oldest->second.sent == turns_.front().sent)
            packets_.erase(oldest);
        turns_.pop_front();
    }
    Packet& packet = packets_[number(key)];
    packet.size = static_cast<std::uint8_t>(std::min(bytes.size(), largest_packet));
    std::ranges::copy(bytes.first(packet.size), packet.bytes.begin());
    packet.sent = now;
    turns_.push_back({number(key), now});
}

void SentPackets::forget(Key key) {
    packets_.erase(number(key));
}

std::optional<std::span<std::byte const>> SentPackets::find(Key key) const {
    auto const found = packets_.find(number(key));
    if (found == packets_.end()) return std::nullopt;
    return std::span(found->second.bytes).first(found->second.size);
}

}  // namespace dtrace::wire
