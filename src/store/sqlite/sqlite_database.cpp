#include "sqlite/sqlite_database.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace dtrace::store {

namespace {

namespace errc = boost::system::errc;

/// How long a statement waits for another process (a backup, a shell) to let go of the file.
constexpr int busy_timeout_ms = 5'000;

/// What an SQLite result code means to those above.
errc::errc_t kind_of(int code) {
    switch (code & 0xFF) {
        case SQLITE_FULL:
            return errc::no_space_on_device;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return errc::bad_message;
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_AUTH:
            return errc::permission_denied;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return errc::device_or_resource_busy;
        case SQLITE_NOMEM:
            return errc::not_enough_memory;
        case SQLITE_CANTOPEN:
            return errc::no_such_file_or_directory;
        default:
            return errc::io_error;
    }
}

std::string describe(int code, char const* message, int system_error) {
    switch (code & 0xFF) {
        case SQLITE_FULL:
            return "no space left";
        case SQLITE_CORRUPT:
            return "the file is damaged (" + std::string(message) + ")";
        case SQLITE_NOTADB:
            return "is not a database; name another file";
        case SQLITE_READONLY:
            return "cannot be written: read-only";
        case SQLITE_BUSY:
            return "is held by another process";
        case SQLITE_CANTOPEN:
        case SQLITE_IOERR:
            if (system_error != 0) return boost::system::system_category().message(system_error);
            return message;
        default:
            return message;
    }
}

/// SQLite would create the file readable for all; it holds password hashes.
std::optional<Error> create(std::filesystem::path const& file) {
    int const descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor >= 0) {
        ::close(descriptor);
        return std::nullopt;
    }
    if (errno == EEXIST) return std::nullopt;
    return errno_error(file.string() + ": cannot be created");
}

}  // namespace

Result<std::unique_ptr<Database>> Database::open(std::filesystem::path const& file) {
    // Nobody asks how much memory SQLite has; to count it takes a mutex for every piece.
    static auto const uncounted = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    (void)uncounted;
    if (auto error = create(file)) return *std::move(error);
    // An absolute path is never one of SQLite's special names (":memory:").
    std::error_code ignored;
    auto const absolute = std::filesystem::absolute(file, ignored);
    std::unique_ptr<Database> database(new Database(file));
    int const code = sqlite3_open_v2(absolute.c_str(), &database->handle_,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    if (code != SQLITE_OK) {
        database->fail(code);
        return *database->take_failure();
    }
    sqlite3_extended_result_codes(database->handle_, 1);
    sqlite3_busy_timeout(database->handle_, busy_timeout_ms);
    return database;
}

Database::~Database() {
    sqlite3_close_v2(handle_);
}

void Database::fail(int code) {
    if (failure_) return;
    char const* message = handle_ ? sqlite3_errmsg(handle_) : sqlite3_errstr(code);
    int const system_error = handle_ ? sqlite3_system_errno(handle_) : 0;
    failure_ =
        make_error(kind_of(code), file_.string() + ": " + describe(code, message, system_error));
}

void Database::fail(errc::errc_t kind, std::string_view reason) {
    if (!failure_) failure_ = make_error(kind, file_.string() + ": " + std::string(reason));
}

void Database::fail_as_damaged(std::string_view what) {
    if (failed()) return;
    fail(errc::bad_message, "the file is damaged (" + std::string(what) + ")");
    is_damage_ = true;
}

std::optional<Error> Database::take_damage() {
    if (!std::exchange(is_damage_, false)) return std::nullopt;
    return std::exchange(failure_, std::nullopt);
}

void Database::leave_out_damage(Unreadable& unreadable) {
    auto damage = take_damage();
    if (!damage) return;
    ++unreadable.count;
    unreadable.reason = std::move(damage);
}

std::optional<Error> Database::take_failure() {
    auto failure = std::exchange(failure_, std::nullopt);
    is_damage_ = false;
    if (failure && handle_ && !sqlite3_get_autocommit(handle_)) {
        execute("ROLLBACK");
        failure_.reset();
    }
    return failure;
}

void Database::execute(std::string const& sql) {
    if (failed()) return;
    int const code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) fail(code);
}

Statement Database::prepare(std::string_view sql) {
    return {*this, sql};
}

std::int64_t Database::integer_of(std::string_view sql) {
    auto statement = prepare(sql);
    return statement.bind().step() ? statement.integer(0) : 0;
}

std::int64_t Database::changes() const {
    return failed() ? 0 : sqlite3_changes64(handle_);
}

std::int64_t Database::last_row_id() const {
    return failed() ? 0 : sqlite3_last_insert_rowid(handle_);
}

Statement::Statement(Database& database, std::string_view sql) : database_(&database) {
    if (database.failed()) return;
    int const code = sqlite3_prepare_v3(database.handle_, sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &handle_, nullptr);
    if (code != SQLITE_OK) database.fail(code);
}

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_), handle_(std::exchange(other.handle_, nullptr)) {}

Statement::~Statement() {
    sqlite3_finalize(handle_);
}

bool Statement::step() {
    if (!handle_) database_->fail(SQLITE_MISUSE);  // its preparation had failed
    if (database_->failed()) {
        reset();
        return false;
    }
    int const code = sqlite3_step(handle_);
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) database_->fail(code);
    reset();
    return false;
}

void Statement::reset() {
    sqlite3_reset(handle_);
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(handle_, column);
}

std::string_view Statement::blob(int column) const {
    auto const* bytes = static_cast<char const*>(sqlite3_column_blob(handle_, column));
    return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

bool Statement::is_null(int column) const {
    return sqlite3_column_type(handle_, column) == SQLITE_NULL;
}

Uuid Statement::uuid(int column) const {
    Uuid id;
    auto const bytes = blob(column);
    if (bytes.size() == id.bytes.size())
        std::ranges::copy(bytes, reinterpret_cast<char*>(id.bytes.data()));
    else
        database_->fail_as_damaged("a uuid");
    return id;
}

void Statement::bind_one(int index, std::int64_t value) {
    sqlite3_bind_int64(handle_, index, value);
}

void Statement::bind_one(int index, std::string_view text) {
    sqlite3_bind_text64(handle_, index, text.data() ? text.data() : "", text.size(), SQLITE_STATIC,
                        SQLITE_UTF8);
}

void Statement::bind_one(int index, Blob blob) {
    // A null pointer would be NULL, even with length 0.
    sqlite3_bind_blob64(handle_, index, blob.bytes.data() ? blob.bytes.data() : "",
                        blob.bytes.size(), SQLITE_STATIC);
}

void Statement::bind_one(int index, std::nullptr_t) {
    sqlite3_bind_null(handle_, index);
}

}  // namespace dtrace::store
