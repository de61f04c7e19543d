#pragma once

#include "names/sqlite_names.hpp"
#include "records/row_key.hpp"
#include "records/trace_record.hpp"

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace dtrace::store {

/// A record with the paths that it refers to.
struct ReadRecord {
    RecordHeader header;
    RecordSamples samples;
    std::vector<std::shared_ptr<StoredPath const>> owners;
    std::vector<StoredPath const*> paths;  ///< one for each of the header's
};

/// Reads the records of traces' rows.
class RecordReader {
  public:
    RecordReader(Database& database, Names& names) : database_(database), names_(names) {}

    /// `key`: whose record it is, told if it is damaged. None: the database has failed.
    [[nodiscard]] std::optional<ReadRecord> read(RowKey const& key, std::string_view record);
    void fail_as_damaged(RowKey const& key);

  private:
    Database& database_;
    Names& names_;
};

}  // namespace dtrace::store
