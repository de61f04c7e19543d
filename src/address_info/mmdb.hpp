#pragma once

#include <dtrace/core/error.hpp>
#include <dtrace/core/ip.hpp>

#include <maxminddb.h>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>

namespace dtrace::address_info {

/// libmaxminddb, with values instead of error codes. Whatever is damaged reads as absent.

struct CloseMmdb {
    void operator()(MMDB_s* database) const {
        MMDB_close(database);
        delete database;
    }
};
using Mmdb = std::unique_ptr<MMDB_s, CloseMmdb>;

/// Every node of the tree leads somewhere in the file; otherwise it is refused. Errors do not name
/// the file.
[[nodiscard]] Result<Mmdb> open_mmdb(std::string const& path);

[[nodiscard]] std::optional<MMDB_entry_s> find_entry(MMDB_s const& database,
                                                     IpAddress const& address);

/// Names of members, from the outermost inwards; four at most.
using MemberPath = std::initializer_list<char const*>;

[[nodiscard]] std::optional<std::uint64_t> number_at(MMDB_entry_s entry, MemberPath path);
[[nodiscard]] std::optional<double> real_at(MMDB_entry_s entry, MemberPath path);

/// Neither empty nor endless, and nothing in it that a terminal could take for a command.
[[nodiscard]] std::optional<std::string> text_at(MMDB_entry_s entry, MemberPath path);

}  // namespace dtrace::address_info
