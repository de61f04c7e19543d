#include "bit_stream.hpp"

#include <algorithm>
#include <bit>
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
    while (pending_bits_ >= 8) {
        pending_bits_ -= 8;
        bytes_ += static_cast<char>(pending_ >> pending_bits_ & 0xFF);
    }
}

void BitWriter::number(std::uint64_t value, unsigned k) {
    std::uint64_t const high = (value >> k) + 1;
    unsigned const width = width_of(high);
    bits(0, width - 1);
    bits(high, width);
    bits(value, k);
}

std::string BitWriter::finish() && {
    if (pending_bits_ > 0) bits(0, 8 - pending_bits_);
    return std::move(bytes_);
}

std::uint64_t BitReader::bits(unsigned count) {
    if (count > bytes_.size() * 8 - position_) fail();
    if (!good_) return 0;
    std::uint64_t value = 0;
    while (count > 0) {
        unsigned const used = static_cast<unsigned>(position_ % 8);
        unsigned const taken = std::min(8 - used, count);
        unsigned const byte = static_cast<unsigned char>(bytes_[position_ / 8]);
        value = value << taken | low_bits(byte >> (8 - used - taken), taken);
        position_ += taken;
        count -= taken;
    }
    return value;
}

std::uint64_t BitReader::number(unsigned k) {
    unsigned zeros = 0;
    while (good_ && !bit())
        if (++zeros > 63) fail();
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
