#pragma once

#include <dtrace/core/time.hpp>

#include <cstddef>
#include <iterator>
#include <list>
#include <unordered_map>
#include <utility>

namespace dtrace::wire {

/// At most `capacity` values, each until its time; when full, the one put first makes room.
template <class Key, class Value>
class ExpiringCache {
  public:
    explicit ExpiringCache(std::size_t capacity) : capacity_(capacity) {}

    /// The value, or null. Valid until the next call.
    [[nodiscard]] Value const* find(Key const& key, TimePoint now) {
        auto const found = by_key_.find(key);
        if (found == by_key_.end()) return nullptr;
        if (found->second->expires <= now) {
            forget(found->second);
            return nullptr;
        }
        return &found->second->value;
    }

    void put(Key const& key, Value value, TimePoint expires) {
        if (auto const old = by_key_.find(key); old != by_key_.end()) forget(old->second);
        if (capacity_ == 0) return;
        if (by_key_.size() == capacity_) forget(entries_.begin());
        entries_.push_back({key, std::move(value), expires});
        by_key_.emplace(key, std::prev(entries_.end()));
    }

    [[nodiscard]] std::size_t size() const { return by_key_.size(); }

  private:
    struct Entry {
        Key key;
        Value value;
        TimePoint expires;
    };
    using Entries = std::list<Entry>;

    void forget(typename Entries::iterator entry) {
        by_key_.erase(entry->key);
        entries_.erase(entry);
    }

    std::size_t capacity_;
    Entries entries_;  ///< in the order of put()
    std::unordered_map<Key, typename Entries::iterator> by_key_;
};

}  // namespace dtrace::wire
