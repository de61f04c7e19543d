#include "records/bit_stream.hpp"

#include <endian.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace dtrace::store {

namespace {

std::uint64_t low_bits(std::uint64_t value, unsigned count) {
    return count >= 64 ? value : value & ((std::uint64_t{1} << count) - 1);
}

unsigned width_of(std::uint64_t value) {
    return static_cast<unsigned>(std::bit_width(value));
}

}  // namespace

unsigned number_size(std::uint64_t value, unsigned k) {
    return 2 * width_of((value >> k) + 1) - 1 + k;
}

void BitWriter::bits(std::uint64_t value, unsigned count) {
    if (count > 32) {
        bits(value >> 32, count - 32);
        count = 32;
    }
    pending_ = pending_ << count | low_bits(value, count);
    pending_bits_ += count;
    if (pending_bits_ < 32) return;
    pending_bits_ -= 32;
    auto const word = htobe32(static_cast<std::uint32_t>(pending_ >> pending_bits_));
    bytes_.append(reinterpret_cast<char const*>(&word), sizeof word);
}

void BitWriter::number(std::uint64_t value, unsigned k) {
    std::uint64_t const high = (value >> k) + 1;
    unsigned const width = width_of(high);
    if (2 * width + k <= 32) return bits(high << k | low_bits(value, k), 2 * width - 1 + k);
    bits(0, width - 1);
    bits(high, width);
    bits(value, k);
}

std::string BitWriter::finish() && {
    for (; pending_bits_ > 0; pending_bits_ -= std::min(pending_bits_, 8U))
        bytes_ += static_cast<char>(pending_bits_ >= 8 ? pending_ >> (pending_bits_ - 8)
                                                       : pending_ << (8 - pending_bits_));
    return std::move(bytes_);
}

std::uint64_t BitReader::next_bits() const {
    auto const* const next = bytes_.data() + position_ / 8;
    auto const left = bytes_.size() - position_ / 8;
    std::uint64_t value = 0;
    if (left >= sizeof value) {
        std::memcpy(&value, next, sizeof value);
        value = be64toh(value);
    } else {
        for (std::size_t i = 0; i < left; ++i)
            value |= std::uint64_t{static_cast<unsigned char>(next[i])} << (56 - 8 * i);
    }
    return value << position_ % 8;
}

std::uint64_t BitReader::bits(unsigned count) {
    if (count > bytes_.size() * 8 - position_) fail();
    if (!good_ || count == 0) return 0;
    if (count > sure_bits) {
        auto const high = bits(count - sure_bits);
        return high << sure_bits | bits(sure_bits);
    }
    auto const value = next_bits() >> (64 - count);
    position_ += count;
    return value;
}

std::uint64_t BitReader::number(unsigned k) {
    // As a rule all of it is in the next bits: zeros, a one with as many bits behind it, k bits.
    auto const next = next_bits();
    auto const size = 2 * static_cast<unsigned>(std::countl_zero(next)) + 1 + k;
    if (good_ && size <= sure_bits && size <= bytes_.size() * 8 - position_) {
        position_ += size;
        return (next >> (64 - size)) - (std::uint64_t{1} << k);
    }
    unsigned zeros = 0;
    for (unsigned more = sure_bits; good_ && more == sure_bits; zeros += more) {
        more = std::min(static_cast<unsigned>(std::countl_zero(next_bits())), sure_bits);
        if (zeros + more > 63) fail();
        (void)bits(more);
    }
    (void)bits(1);
    std::uint64_t const high = std::uint64_t{1} << (zeros & 63) | bits(zeros);
    std::uint64_t const low = bits(k);
    if (!good_) return 0;
    return (high - 1) << k | low;
}

std::size_t BitReader::count(unsigned k) {
    std::uint64_t const value = number(k);
    if (has(static_cast<std::int64_t>(value))) return value;
    fail();
    return 0;
}

bool BitReader::has(std::int64_t bits) const {
    return bits >= 0 && static_cast<std::uint64_t>(bits) <= bytes_.size() * 8 - position_;
}

}  // namespace dtrace::store
