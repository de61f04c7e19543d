#include "sqlite/log_check.hpp"
#include "sqlite/sqlite_record_check.hpp"
#include "sqlite/sqlite_schema.hpp"

#include <dtrace/store/database_file.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <system_error>
#include <utility>

namespace dtrace::store {

namespace {

namespace errc = boost::system::errc;

constexpr std::size_t most_complaints = 100;

struct OpenedFile {
    std::unique_ptr<Database> database;
    std::vector<std::string> complaints;
};

Result<OpenedFile> open_existing(std::filesystem::path const& file) {
    std::error_code failed;
    if (!std::filesystem::exists(file, failed))
        return make_error(errc::no_such_file_or_directory,
                          file.string() + ": there is no such file");
    auto lost = set_damaged_log_aside(file);
    auto database = Database::open(file);
    if (!database) return database.error();
    bool const ours = is_ours(**database);
    if (auto failure = (*database)->take_failure()) return *std::move(failure);
    if (!ours)
        return make_error(errc::invalid_argument,
                          file.string() + ": is not a database of dtrace-node");
    OpenedFile opened{.database = std::move(*database), .complaints = {}};
    if (lost) opened.complaints.push_back(std::move(lost->message));
    return opened;
}

/// Pages belong to tables and to their indices.
std::map<std::string, std::uint64_t> bytes_of_tables(Database& database) {
    std::map<std::string, std::uint64_t> bytes;
    auto rows = database.prepare(
        "SELECT s.tbl_name, sum(d.pgsize) FROM dbstat AS d"
        " JOIN sqlite_schema AS s ON s.name = d.name GROUP BY 1");
    rows.bind();
    while (rows.step())
        bytes[std::string(rows.text(0))] = static_cast<std::uint64_t>(rows.integer(1));
    return bytes;
}

std::vector<TableSize> sizes_of_tables(Database& database) {
    std::vector<TableSize> tables;
    for (auto const& [name, bytes] : bytes_of_tables(database)) {
        auto const count = database.integer_of("SELECT count(*) FROM \"" + name + '"');
        tables.push_back({name, static_cast<std::uint64_t>(count), bytes});
    }
    std::ranges::sort(tables, std::greater<>(), &TableSize::bytes);
    return tables;
}

std::optional<Timestamp> time_of(Database& database, std::string_view sql) {
    auto row = database.prepare(sql);
    if (!row.bind().step() || row.is_null(0)) return std::nullopt;
    return from_database(row.integer(0));
}

}  // namespace

Result<DatabaseInfo> read_info(std::filesystem::path const& file) {
    auto opened = open_existing(file);
    if (!opened) return opened.error();
    auto& database = *opened->database;
    auto const number = [&](char const* sql) {
        return static_cast<std::uint64_t>(database.integer_of(sql));
    };
    DatabaseInfo info;
    info.complaints = std::move(opened->complaints);
    auto const page = number("PRAGMA page_size");
    info.layout = number("PRAGMA user_version");
    info.bytes = number("PRAGMA page_count") * page;
    info.free_bytes = number("PRAGMA freelist_count") * page;
    info.traces = number("SELECT traces FROM total");
    info.oldest = time_of(database, "SELECT min(started) FROM moment");
    info.newest = time_of(database, "SELECT max(started) FROM moment");
    info.tables = sizes_of_tables(database);
    if (auto failure = database.take_failure()) return *std::move(failure);
    return info;
}

Result<FileCheck> check_file(std::filesystem::path const& file) {
    auto opened = open_existing(file);
    if (!opened) return opened.error();
    auto& database = *opened->database;
    FileCheck check{.complaints = std::move(opened->complaints)};
    auto& complaints = check.complaints;
    auto rows = database.prepare("SELECT integrity_check FROM pragma_integrity_check(" +
                                 std::to_string(most_complaints) + ')');
    rows.bind();
    while (rows.step())
        if (rows.text(0) != "ok") complaints.emplace_back(rows.text(0));
    rows.reset();
    auto const rows_there = database.integer_of("SELECT count(*) FROM trace");
    auto const rows_told = database.integer_of("SELECT traces FROM total");
    if (rows_there != rows_told)
        complaints.push_back("there are " + std::to_string(rows_there) + " traces, but " +
                             std::to_string(rows_told) + " are counted");
    check.has_read_records = database.integer_of("PRAGMA user_version") == schema_version();
    if (check.has_read_records)
        for (auto& complaint : find_damaged_records(database, most_complaints))
            complaints.push_back(std::move(complaint));
    // What damage keeps from being read is a complaint as well.
    if (auto failure = database.take_failure()) complaints.push_back(std::move(failure->message));
    return check;
}

Result<std::vector<std::string>> back_up(std::filesystem::path const& file,
                                         std::filesystem::path const& target) {
    auto opened = open_existing(file);
    if (!opened) return opened.error();
    std::error_code failed;
    if (std::filesystem::exists(target, failed))
        return make_error(errc::file_exists, target.string() + ": is there already");
    std::filesystem::path const part = target.string() + ".part";
    std::filesystem::remove(part, failed);
    opened->database->copy_to(part);
    if (auto failure = opened->database->take_failure()) {
        std::filesystem::remove(part, failed);
        return *std::move(failure);
    }
    std::filesystem::rename(part, target, failed);
    if (failed) return make_error(failed, target.string());
    return std::move(opened->complaints);
}

}  // namespace dtrace::store
