#include "catalog/read_entries.hpp"

#include "catalog/definitions.hpp"
#include "once/once_runs.hpp"

#include <dtrace/json/read.hpp>
#include <dtrace/model/user.hpp>

#include <utility>

namespace dtrace::master {

std::vector<DamagedEntry> damaged_of(store::EntryKind kind, std::vector<std::string> const& keys) {
    std::vector<DamagedEntry> entries;
    for (auto const& key : keys)
        entries.push_back({kind, key});
    return entries;
}

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

template <class T>
using EntriesOf = boost::asio::awaitable<Result<ReadEntries<T>>>;
template EntriesOf<User> read_entries<User>(store::Registry&, store::EntryKind);
template EntriesOf<Token> read_entries<Token>(store::Registry&, store::EntryKind);
template EntriesOf<Session> read_entries<Session>(store::Registry&, store::EntryKind);
template EntriesOf<ProbeDefinition> read_entries<ProbeDefinition>(store::Registry&,
                                                                  store::EntryKind);
template EntriesOf<MeasurementDefinition> read_entries<MeasurementDefinition>(store::Registry&,
                                                                              store::EntryKind);
template EntriesOf<MeasurementName> read_entries<MeasurementName>(store::Registry&,
                                                                  store::EntryKind);
template EntriesOf<OnceRun> read_entries<OnceRun>(store::Registry&, store::EntryKind);

}  // namespace dtrace::master
