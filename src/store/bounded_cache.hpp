#pragma once

#include <cstddef>
#include <functional>
#include <unordered_map>
#include <utility>

namespace dtrace::store {

/// What was looked up before. Forgets everything when it is full, which costs little and needs no
/// bookkeeping.
template <class Key, class Value, class Hash = std::hash<Key>, class Equal = std::equal_to<>>
class BoundedCache {
  public:
    explicit BoundedCache(std::size_t limit) : limit_(limit) {}

    /// Valid until the next put().
    template <class K>
    [[nodiscard]] Value const* find(K const& key) const {
        auto const found = entries_.find(key);
        return found == entries_.end() ? nullptr : &found->second;
    }

    Value const& put(Key key, Value value) {
        if (entries_.size() >= limit_) entries_.clear();
        return entries_.insert_or_assign(std::move(key), std::move(value)).first->second;
    }

    void clear() { entries_.clear(); }

  private:
    std::unordered_map<Key, Value, Hash, Equal> entries_;
    std::size_t limit_;
};

}  // namespace dtrace::store
