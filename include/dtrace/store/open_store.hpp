#pragma once

#include <dtrace/core/error.hpp>
#include <dtrace/core/log.hpp>
#include <dtrace/store/catalog.hpp>
#include <dtrace/store/trace_store.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <filesystem>
#include <memory>

namespace dtrace::store {

/// Both halves of an open database; they share its connections.
class Store {
  public:
    virtual ~Store() = default;
    virtual Catalog& catalog() = 0;
    virtual TraceStore& traces() = 0;
};

/// Opens or creates the SQLite database and migrates it forward. `home` is where results are
/// delivered; the work itself is done on threads of the store's own. The error names the file and
/// what to do (not a database, made by a newer version, no permission, disk full).
[[nodiscard]] Result<std::unique_ptr<Store>> open_store(std::filesystem::path const& file,
                                                        boost::asio::any_io_executor home,
                                                        Logger& log);

}  // namespace dtrace::store
