#include "upkeep/sqlite_sweep.hpp"

#include <string>
#include <utility>
#include <vector>

namespace dtrace::store {

namespace {

constexpr std::size_t rows_in_step = 300;

/// Marks what a shape asks for; the path itself does not matter.
class MarkingNames final : public Naming {
  public:
    explicit MarkingNames(NumberMarks& marks) : marks_(marks) {}

    std::optional<IpAddress> address_of(RowId id) override {
        marks_.addresses.insert(id);
        return IpAddress();
    }
    std::optional<std::string> text_of(RowId id) override {
        marks_.texts.insert(id);
        return std::string();
    }

  private:
    NumberMarks& marks_;
};

/// The next rows of a table, by their number.
std::vector<RowId> numbers_after(Statement& statement, RowId after) {
    std::vector<RowId> numbers;
    statement.bind(after, static_cast<std::int64_t>(rows_in_step));
    while (statement.step())
        numbers.push_back(statement.integer(0));
    statement.reset();
    return numbers;
}

}  // namespace

Sweep::Sweep(Database& database, Dictionary& dictionary, LastUse& last_use)
    : database_(database),
      dictionary_(dictionary),
      last_use_(last_use),
      newest_path_(database.prepare("SELECT max(id) FROM path")),
      newest_context_(database.prepare("SELECT max(id) FROM context")),
      newest_text_(database.prepare("SELECT max(id) FROM text")),
      newest_address_(database.prepare("SELECT max(id) FROM address")),
      remove_path_(database.prepare("DELETE FROM path WHERE id = ?")),
      remove_context_(database.prepare("DELETE FROM context WHERE id = ?")),
      remove_text_(database.prepare("DELETE FROM text WHERE id = ?")),
      remove_address_(database.prepare("DELETE FROM address WHERE id = ?")),
      paths_(
          database.prepare("SELECT id, shape, first FROM path WHERE id > ? ORDER BY id LIMIT ?")),
      contexts_(database.prepare("SELECT id, measurement_name, host, address, source FROM context"
                                 " WHERE id > ? ORDER BY id LIMIT ?")),
      texts_(database.prepare("SELECT id FROM text WHERE id > ? ORDER BY id LIMIT ?")),
      addresses_(database.prepare("SELECT id FROM address WHERE id > ? ORDER BY id LIMIT ?")) {}

void Sweep::forget() {
    if (marks_) dictionary_.end_marking();
    marks_ = nullptr;
    enter(Phase::paths);
}

void Sweep::enter(Phase phase) {
    phase_ = phase;
    after_ = 0;
}

RowId Sweep::newest(Statement& statement) {
    RowId const id = statement.bind().step() ? statement.integer(0) : 0;
    statement.reset();
    return id;
}

std::uint64_t Sweep::step(std::int64_t oldest_day, Unreadable& unreadable) {
    removed_ = 0;
    if (phase_ == Phase::paths) {
        if (done_ && *done_ >= oldest_day) return 0;
        day_ = oldest_day;
        auto const removed = remove_paths();
        if (removed == 0) begin();
        return removed;
    }
    bool complete = false;
    switch (phase_) {
        case Phase::marks:
            if (mark(unreadable) == 0) enter(Phase::contexts);
            break;
        case Phase::contexts:
            if (remove_contexts() == 0) enter(Phase::texts);
            break;
        case Phase::texts:
            if (remove_texts() == 0) enter(Phase::addresses);
            break;
        default:
            complete = remove_addresses() == 0;
    }
    // What the dictionary remembers may be gone.
    if (removed_ > 0) dictionary_.forget();
    if (complete && !database_.failed()) {
        forget();
        done_ = day_;
    }
    return removed_;
}

std::uint64_t Sweep::remove_paths() {
    auto const last = newest(newest_path_);
    std::uint64_t removed = 0;
    for (auto const id : last_use_.unused_since(Shared::path, day_, rows_in_step)) {
        if (id == last) continue;
        remove_path_.bind(id).run();
        last_use_.remove(Shared::path, id);
        ++removed;
    }
    if (removed > 0) dictionary_.forget();
    return removed;
}

void Sweep::begin() {
    marks_ = &dictionary_.begin_marking();
    enter(Phase::marks);
}

std::size_t Sweep::mark(Unreadable& unreadable) {
    MarkingNames names(*marks_);
    std::size_t count = 0;
    paths_.bind(after_, static_cast<std::int64_t>(rows_in_step));
    for (; paths_.step(); ++count) {
        after_ = paths_.integer(0);
        auto const first = decode_first_trace(paths_.blob(2));
        marks_->contexts.insert(first.context);
        if (decode_shape(paths_.blob(1), first, names)) continue;
        database_.fail_as_damaged("path " + std::to_string(after_));
        database_.leave_out_damage(unreadable);
    }
    paths_.reset();
    return count;
}

std::size_t Sweep::remove_contexts() {
    auto const last = newest(newest_context_);
    std::vector<RowId> unused;
    std::size_t count = 0;
    contexts_.bind(after_, static_cast<std::int64_t>(rows_in_step));
    for (; contexts_.step(); ++count) {
        after_ = contexts_.integer(0);
        if (after_ != last && !marks_->contexts.contains(after_) &&
            !last_use_.is_used_since(Shared::context, after_, day_)) {
            unused.push_back(after_);
            continue;
        }
        marks_->texts.insert(contexts_.integer(1));
        marks_->texts.insert(contexts_.integer(2));
        marks_->addresses.insert(contexts_.integer(3));
        marks_->addresses.insert(contexts_.integer(4));
    }
    contexts_.reset();
    for (auto const id : unused) {
        remove_context_.bind(id).run();
        last_use_.remove(Shared::context, id);
    }
    removed_ += unused.size();
    return count;
}

std::size_t Sweep::remove_texts() {
    auto const last = newest(newest_text_);
    auto const ids = numbers_after(texts_, after_);
    for (auto const id : ids) {
        after_ = id;
        if (id == last || marks_->texts.contains(id) ||
            last_use_.is_used_since(Shared::error, id, day_))
            continue;
        remove_text_.bind(id).run();
        last_use_.remove(Shared::error, id);
        ++removed_;
    }
    return ids.size();
}

std::size_t Sweep::remove_addresses() {
    auto const last = newest(newest_address_);
    auto const ids = numbers_after(addresses_, after_);
    for (auto const id : ids) {
        after_ = id;
        if (id == last || marks_->addresses.contains(id)) continue;
        remove_address_.bind(id).run();
        ++removed_;
    }
    return ids.size();
}

}  // namespace dtrace::store
