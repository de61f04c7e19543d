#pragma once

#include <cstddef>
#include <functional>
#include <unordered_map>
#include <utility>

namespace dtrace::store {

inline constexpr std::size_t mebibyte = std::size_t{1} << 20;

/// What was looked up before, in a limited number of bytes. Forgets everything when it is full,
/// which costs little and needs no bookkeeping.
template <class Key, class Value, class Hash = std::hash<Key>, class Equal = std::equal_to<>>
class BoundedCache {
  public:
    explicit BoundedCache(std::size_t max_bytes) : max_bytes_(max_bytes) {}

    /// Valid until the next put().
    template <class K>
    [[nodiscard]] Value const* find(K const& key) const {
        auto const found = entries_.find(key);
        return found == entries_.end() ? nullptr : &found->second;
    }

    /// `more`: bytes that key and value hold besides themselves.
    Value const& put(Key key, Value value, std::size_t more = 0) {
        constexpr std::size_t links = 32;
        std::size_t const bytes = sizeof(Key) + sizeof(Value) + links + more;
        if (bytes_ + bytes > max_bytes_) clear();
        bytes_ += bytes;
        return entries_.insert_or_assign(std::move(key), std::move(value)).first->second;
    }

    void clear() {
        entries_.clear();
        bytes_ = 0;
    }

  private:
    std::unordered_map<Key, Value, Hash, Equal> entries_;
    std::size_t max_bytes_;
    std::size_t bytes_ = 0;
};

}  // namespace dtrace::store
