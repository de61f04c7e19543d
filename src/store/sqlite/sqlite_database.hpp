#pragma once

#include <dtrace/core/error.hpp>
#include <dtrace/core/uuid.hpp>
#include <dtrace/store/unreadable.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace dtrace::store {

class Statement;

/// One connection to an SQLite file, used by one thread at a time.
///
/// Failures (a full disk, a damaged file) are sticky: after the first one every operation of the
/// connection and its statements does nothing and yields "no row", zeros and empty texts, until
/// take_failure(). So a unit of work is written straight on and asks once, at its end.
class Database {
  public:
    /// Opens the file, or creates it, readable for its owner only.
    [[nodiscard]] static Result<std::unique_ptr<Database>> open(std::filesystem::path const& file);
    ~Database();
    Database(Database const&) = delete;
    Database& operator=(Database const&) = delete;

    /// Statements without results and parameters, separated by semicolons.
    void execute(std::string const& sql);
    [[nodiscard]] Statement prepare(std::string_view sql);
    /// The first column of the first row; 0 if there is none.
    [[nodiscard]] std::int64_t integer_of(std::string_view sql);

    /// Writes all of it, as of now, into another file.
    void copy_to(std::filesystem::path const& target);

    /// Rows changed by the last INSERT, UPDATE or DELETE.
    [[nodiscard]] std::int64_t changes() const;
    [[nodiscard]] std::int64_t last_row_id() const;

    [[nodiscard]] bool failed() const { return failure_.has_value(); }
    void fail(boost::system::errc::errc_t kind, std::string_view reason);
    /// Something read makes no sense.
    void fail_as_damaged(std::string_view what);
    /// Hands over a failure of fail_as_damaged() that the unit of work can do without, which goes
    /// on; none: there is none, or it is another one, which stays.
    [[nodiscard]] std::optional<Error> take_damage();
    /// Counts such a failure, if there is one.
    void leave_out_damage(Unreadable& unreadable);
    /// Ends an open transaction without effect if there is a failure, and hands the failure over.
    [[nodiscard]] std::optional<Error> take_failure();

    [[nodiscard]] std::filesystem::path const& file() const { return file_; }

  private:
    friend class Statement;
    explicit Database(std::filesystem::path file) : file_(std::move(file)) {}
    void fail(int code);

    std::filesystem::path file_;
    sqlite3* handle_ = nullptr;
    std::optional<Error> failure_;
    bool is_damage_ = false;  ///< failure_ is of fail_as_damaged()
};

/// A prepared statement. bind() in the order of its parameters, step() until it is false, columns
/// in between; it can then be used again. Blobs and texts of a row are valid until the next step.
class Statement {
  public:
    Statement(Statement&&) noexcept;
    ~Statement();

    /// Begins a new execution with these parameters, which must live until its last step().
    template <class... Ts>
    Statement& bind(Ts const&... values) {
        reset();
        int index = 0;
        (bind_one(++index, values), ...);
        return *this;
    }

    /// True: there is a row. False: done, or failed.
    [[nodiscard]] bool step();
    /// For statements without rows.
    void run() { (void)step(); }
    /// Ends the execution early; a SELECT holds its snapshot until then.
    void reset();

    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] std::string_view text(int column) const { return blob(column); }
    [[nodiscard]] std::string_view blob(int column) const;
    [[nodiscard]] bool is_null(int column) const;
    /// A blob of 16 bytes; else the file is damaged.
    [[nodiscard]] Uuid uuid(int column) const;

    /// Marks bytes as a BLOB where a string_view would be TEXT.
    struct Blob {
        std::string_view bytes;
    };

  private:
    friend class Database;
    Statement(Database& database, std::string_view sql);

    void bind_one(int index, std::int64_t value);
    void bind_one(int index, std::string_view text);
    void bind_one(int index, Blob blob);
    void bind_one(int index, std::nullptr_t);

    Database* database_;
    sqlite3_stmt* handle_ = nullptr;
};

using Blob = Statement::Blob;

}  // namespace dtrace::store
