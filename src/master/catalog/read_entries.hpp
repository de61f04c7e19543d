#pragma once

#include <dtrace/json/read.hpp>
#include <dtrace/store/open_store.hpp>

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dtrace::master {

/// The entries of one kind, and those that make no sense.
template <class T>
struct ReadEntries {
    std::vector<T> readable;
    std::vector<std::string> damaged;  ///< by key
    std::optional<Error> damage;       ///< of the first of them
};

template <class T>
boost::asio::awaitable<Result<ReadEntries<T>>> read_entries(store::Registry& registry,
                                                            store::EntryKind kind) {
    auto const entries = co_await registry.entries(kind);
    if (!entries) co_return entries.error();
    ReadEntries<T> all;
    for (auto const& [key, content] : *entries) {
        auto one = json::read<T>(content, json::UnknownKeys::ignore);
        if (one) {
            all.readable.push_back(*std::move(one));
            continue;
        }
        all.damaged.push_back(key);
        if (all.damage) continue;
        all.damage = make_error(boost::system::errc::bad_message,
                                "the database is damaged: " + std::string(to_text(kind)) + ' ' +
                                    key + ": " + one.error().text());
    }
    co_return all;
}

/// For what can do without those that are damaged: the store is told of them.
template <class T>
boost::asio::awaitable<Result<ReadEntries<T>>> read_what_can_be(store::Store& store,
                                                                store::EntryKind kind) {
    auto found = co_await read_entries<T>(store.registry(), kind);
    if (found && found->damage) store.tell_damage(*found->damage);
    co_return found;
}

}  // namespace dtrace::master
