#pragma once

#include "names/bounded_cache.hpp"
#include "records/path_code.hpp"
#include "records/trace_record.hpp"
#include "sqlite/sqlite_database.hpp"

#include <dtrace/core/uuid.hpp>
#include <dtrace/model/trace.hpp>

#include <memory>
#include <optional>
#include <string>

namespace dtrace::store {

/// What the numbers of a Dictionary stand for. For a reading connection. A number that has no row
/// makes the database fail as damaged.
class Names : public Naming {
  public:
    explicit Names(Database& database);

    std::optional<IpAddress> address_of(RowId id) override;
    std::optional<std::string> text_of(RowId id) override;

    struct Series {
        std::string probe;
        std::optional<Uuid> measurement;
    };
    [[nodiscard]] Series series(RowId id);

    /// Method, target and source of traces, and the name of their measurement.
    struct Context {
        std::optional<std::string> measurement_name;
        TraceTarget target;
        std::optional<IpAddress> source;
        Method method = Method::udp;
    };
    [[nodiscard]] Context context(RowId id);

    /// Null if the database has failed.
    [[nodiscard]] std::shared_ptr<StoredPath const> path(RowId id);

  private:
    Database& database_;
    Statement find_address_;
    Statement find_text_;
    Statement find_series_;
    Statement find_context_;
    Statement find_path_;
    BoundedCache<RowId, IpAddress> addresses_{16 * mebibyte};
    BoundedCache<RowId, std::string> texts_{32 * mebibyte};
    BoundedCache<RowId, Series> series_{8 * mebibyte};
    BoundedCache<RowId, Context> contexts_{16 * mebibyte};
    BoundedCache<RowId, std::shared_ptr<StoredPath const>> paths_{64 * mebibyte};
};

}  // namespace dtrace::store
