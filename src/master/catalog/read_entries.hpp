#pragma once

#include <dtrace/store/open_store.hpp>

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>
#include <vector>

namespace dtrace::master {

/// An entry that makes no sense.
struct DamagedEntry {
    store::EntryKind kind;
    std::string key;
};
[[nodiscard]] std::vector<DamagedEntry> damaged_of(store::EntryKind kind,
                                                   std::vector<std::string> const& keys);

/// The entries of one kind, and those that make no sense.
template <class T>
struct ReadEntries {
    std::vector<T> readable;
    std::vector<std::string> damaged;  ///< by key
    std::optional<Error> damage;       ///< of the first of them
};

/// T: each struct that is kept in the registry.
template <class T>
boost::asio::awaitable<Result<ReadEntries<T>>> read_entries(store::Registry& registry,
                                                            store::EntryKind kind);

/// For what can do without those that are damaged: the store is told of them.
template <class T>
boost::asio::awaitable<Result<ReadEntries<T>>> read_what_can_be(store::Store& store,
                                                                store::EntryKind kind) {
    auto found = co_await read_entries<T>(store.registry(), kind);
    if (found && found->damage) store.tell_damage(*found->damage);
    co_return found;
}

}  // namespace dtrace::master
