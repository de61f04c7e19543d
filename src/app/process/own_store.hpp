#pragma once

#include <dtrace/core/file_descriptor.hpp>
#include <dtrace/core/log.hpp>
#include <dtrace/store/open_store.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <string>

namespace dtrace::app {

/// A store whose traces nobody else writes: each of two would take what it remembers of the file
/// for what is in it, and one would sweep away what the other has just referred to. SQLite's own
/// locks would let both in.
struct OwnStore {
    FileDescriptor lock;  ///< closed last: that ends SQLite's locks on the file as well
    std::unique_ptr<store::Store> store;
};

/// Creates the database if need be. Errors name --db: somebody else writes there, or as open_store.
[[nodiscard]] Result<OwnStore> open_own_store(std::string const& database,
                                              boost::asio::any_io_executor home, Logger& log);

}  // namespace dtrace::app
