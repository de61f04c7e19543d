#include "traces/sqlite_record_reader.hpp"

#include <utility>

namespace dtrace::store {

void RecordReader::fail_as_damaged(RowKey const& key) {
    database_.fail_as_damaged("trace " + write_cursor(key));
}

std::optional<ReadRecord> RecordReader::read(RowKey const& key, std::string_view record) {
    ReadRecord result;
    auto header = decode_header(record);
    if (header) {
        result.header = *std::move(header);
        result.owners.reserve(result.header.paths.size());
        result.paths.reserve(result.header.paths.size());
        for (RowId const path : result.header.paths) {
            result.owners.push_back(names_.path(path));
            result.paths.push_back(result.owners.back().get());
        }
        if (database_.failed()) return std::nullopt;
        if (auto samples = decode_samples(record, result.paths)) {
            result.samples = *std::move(samples);
            return result;
        }
    }
    fail_as_damaged(key);
    return std::nullopt;
}

}  // namespace dtrace::store
