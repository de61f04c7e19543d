#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace dtrace::store {

// Numbers of unknown size in few bits: exponential Golomb codes of order k (Teuhola, 1978). A value
// near 2^k takes about k + 1 bits and every doubling beyond two more, so that a rare outlier is
// affordable and a usual small value is cheap.

/// Bits of `value` in the code of order `k`.
[[nodiscard]] unsigned number_size(std::uint64_t value, unsigned k);

/// Small magnitudes of either sign as small numbers: 0, -1, 1, -2 … → 0, 1, 2, 3 …
[[nodiscard]] constexpr std::uint64_t fold_sign(std::int64_t value) {
    return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}
[[nodiscard]] constexpr std::int64_t unfold_sign(std::uint64_t value) {
    return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

/// Around the end of the range: what was not written may read as numbers of any size.
[[nodiscard]] constexpr std::int64_t wrapping_sum(std::int64_t a, std::int64_t b) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}
[[nodiscard]] constexpr std::int64_t wrapping_difference(std::int64_t a, std::int64_t b) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}

class BitWriter {
  public:
    void bit(bool value) { bits(value ? 1 : 0, 1); }
    /// The low `count` bits, at most 64.
    void bits(std::uint64_t value, unsigned count);
    /// 1 ≤ k ≤ 63; k may be 0 for values below 2^64 - 1.
    void number(std::uint64_t value, unsigned k);
    void signed_number(std::int64_t value, unsigned k) { number(fold_sign(value), k); }

    /// All that was written, filled up to whole bytes.
    [[nodiscard]] std::string finish() &&;

  private:
    std::string bytes_;
    std::uint64_t pending_ = 0;
    unsigned pending_bits_ = 0;  // < 32 between calls
};

/// Reads what a BitWriter wrote, and survives what it did not write: beyond the end or in an
/// impossible code it yields zeros, and `good()` is false from then on.
class BitReader {
  public:
    explicit BitReader(std::string_view bytes) : bytes_(bytes) {}

    [[nodiscard]] bool bit() { return bits(1) != 0; }
    [[nodiscard]] std::uint64_t bits(unsigned count);
    [[nodiscard]] std::uint64_t number(unsigned k);
    [[nodiscard]] std::int64_t signed_number(unsigned k) { return unfold_sign(number(k)); }
    /// A number of elements that take a bit each at least: never more than bits are left.
    [[nodiscard]] std::size_t count(unsigned k);
    /// Whether `bits` are left; false for less than none.
    [[nodiscard]] bool has(std::int64_t bits) const;

    [[nodiscard]] bool good() const { return good_; }
    void fail() { good_ = false; }

  private:
    /// Of what next_bits() gives, as many mean something wherever the position is.
    static constexpr unsigned sure_bits = 57;
    /// From the position on, the next bit first; zeros behind the end.
    [[nodiscard]] std::uint64_t next_bits() const;

    std::string_view bytes_;
    std::size_t position_ = 0;  // in bits
    bool good_ = true;
};

}  // namespace dtrace::store
