#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace dtrace::packet {

using ByteView = std::span<std::byte const>;

/// Reads big-endian fields from the front. Reading past the end gives zeros and makes ok() false
/// for good, so a parser may read all its fields and ask once. Of a view whose size is a constant
/// the compiler knows that nothing can fail.
class ByteReader {
  public:
    explicit ByteReader(ByteView bytes) : bytes_(bytes) {}

    [[nodiscard]] bool ok() const { return ok_; }
    [[nodiscard]] std::size_t left() const { return bytes_.size(); }

    std::uint8_t u8() { return number<std::uint8_t>(); }
    std::uint16_t u16() { return number<std::uint16_t>(); }
    std::uint32_t u32() { return number<std::uint32_t>(); }

    /// The next `size` bytes; empty when there are fewer.
    ByteView take(std::size_t size) {
        if (size > bytes_.size()) {
            ok_ = false;
            bytes_ = {};
            return {};
        }
        ByteView const taken = bytes_.first(size);
        bytes_ = bytes_.subspan(size);
        return taken;
    }
    void skip(std::size_t size) { take(size); }

    /// Everything that is left, without reading it.
    [[nodiscard]] ByteView rest() const { return bytes_; }

    template <class Address>
    Address address() {
        typename Address::bytes_type raw{};
        ByteView const from = take(raw.size());
        std::transform(from.begin(), from.end(), raw.begin(),
                       [](std::byte b) { return std::to_integer<unsigned char>(b); });
        return Address(raw);
    }

  private:
    template <class Number>
    Number number() {
        std::array<std::byte, sizeof(Number)> raw{};
        std::ranges::copy(take(raw.size()), raw.begin());
        // Written out, because this the compiler knows as one load.
        std::uint32_t value = 0;
        for (std::byte b : raw)
            value = value << 8 | std::to_integer<std::uint32_t>(b);
        return static_cast<Number>(value);
    }

    ByteView bytes_;
    bool ok_ = true;
};

/// Writes big-endian fields one behind the other. What does not fit is not written and makes ok()
/// false for good.
class ByteWriter {
  public:
    explicit ByteWriter(std::span<std::byte> out) : out_(out) {}

    [[nodiscard]] bool ok() const { return ok_; }
    [[nodiscard]] std::size_t size() const { return size_; }
    /// What was written so far.
    [[nodiscard]] std::span<std::byte> written() const { return out_.first(size_); }

    void u8(std::uint8_t value) { number(value, 1); }
    void u16(std::uint16_t value) { number(value, 2); }
    void u32(std::uint32_t value) { number(value, 4); }

    void bytes(ByteView from) {
        if (fits(from.size())) std::copy(from.begin(), from.end(), grow(from.size()).begin());
    }
    void zeros(std::size_t count) {
        if (fits(count)) std::ranges::fill(grow(count), std::byte{0});
    }

    template <class Address>
    void address(Address const& from) {
        for (unsigned char b : from.to_bytes())
            u8(b);
    }

  private:
    bool fits(std::size_t size) { return ok_ = ok_ && size <= out_.size() - size_; }
    std::span<std::byte> grow(std::size_t size) {
        size_ += size;
        return out_.subspan(size_ - size, size);
    }
    void number(std::uint32_t value, std::size_t size) {
        if (!fits(size)) return;
        auto const field = grow(size);
        for (std::size_t i = size; i-- > 0; value >>= 8)
            field[i] = static_cast<std::byte>(value & 0xFF);
    }

    std::span<std::byte> out_;
    std::size_t size_ = 0;
    bool ok_ = true;
};

}  // namespace dtrace::packet
