#pragma once

#include <cstdint>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace dtrace::dist_traceroute {

/// A query of the old database. After a failure there are no more rows.
class OldStatement {
  public:
    OldStatement(sqlite3* database, std::string_view sql);
    ~OldStatement();
    OldStatement(OldStatement const&) = delete;
    OldStatement& operator=(OldStatement const&) = delete;

    /// Begins anew. The text is copied.
    void bind(std::string_view text);
    void bind(std::int64_t first, std::int64_t second);

    [[nodiscard]] bool step();
    [[nodiscard]] bool good() const { return handle_ != nullptr; }
    [[nodiscard]] bool failed() const { return failed_; }

    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] double real(int column) const;
    /// Until the next step().
    [[nodiscard]] std::string_view text(int column) const;

  private:
    sqlite3_stmt* handle_ = nullptr;
    bool failed_ = false;
};

}  // namespace dtrace::dist_traceroute
