#pragma once

#include <dtrace/core/error.hpp>
#include <dtrace/model/audit.hpp>
#include <dtrace/store/unreadable.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dtrace::store {

/// The names are those of the database.
enum class EntryKind : std::uint8_t {
    user,                ///< by name
    token,               ///< by id
    session,             ///< by the hash of its cookie
    probe,               ///< by name
    measurement,         ///< by id
    former_measurement,  ///< by id: deleted, its traces are not
    once_run,            ///< by id: a measurement on demand
};
BOOST_DESCRIBE_ENUM(EntryKind, user, token, session, probe, measurement, former_measurement,
                    once_run)

struct RegistryEntry {
    std::string key;
    std::string content;  ///< JSON of the kind's struct

    friend bool operator==(RegistryEntry const&, RegistryEntry const&) = default;
};

struct RegistryChange {
    EntryKind kind;
    std::string key;
    std::optional<std::string> content;  ///< none: the entry goes
};

/// The newest before `before`, at most `limit`.
struct AuditQuery {
    std::optional<std::uint64_t> before;
    std::uint32_t limit = 100;
};

/// Newest first.
struct AuditPage {
    std::vector<AuditEntry> entries;
    std::optional<std::uint64_t> next;  ///< there are more, before it
    Unreadable unreadable;              ///< left out
};

/// What people told the master over its API: entries by kind and key, and who changed them. Every
/// call is done, durably, when it returns.
class Registry {
  public:
    virtual ~Registry() = default;

    /// In the order of their keys.
    virtual boost::asio::awaitable<Result<std::vector<RegistryEntry>>> entries(EntryKind kind) = 0;

    /// All of it or nothing. The ids of `audit` are given here.
    virtual boost::asio::awaitable<Result<void>> change(std::vector<RegistryChange> changes,
                                                        std::vector<AuditEntry> audit) = 0;

    /// The last 100,000 are kept.
    virtual boost::asio::awaitable<Result<AuditPage>> audit(AuditQuery query) = 0;
};

}  // namespace dtrace::store
