#include "names/sqlite_dictionary.hpp"

#include "records/address_bytes.hpp"

#include <utility>

namespace dtrace::store {

Dictionary::Dictionary(Database& database, Damage& damage)
    : database_(database),
      damage_(damage),
      probes_(database, "SELECT id FROM probe WHERE name = ?",
              "INSERT INTO probe (name) VALUES (?)"),
      measurements_(database, "SELECT id FROM measurement WHERE uuid = ?",
                    "INSERT INTO measurement (uuid) VALUES (?)"),
      series_(database, "SELECT id FROM series WHERE probe = ? AND measurement = ?",
              "INSERT INTO series (probe, measurement) VALUES (?, ?)"),
      addresses_(database, "SELECT id FROM address WHERE bytes = ?",
                 "INSERT INTO address (bytes) VALUES (?)"),
      texts_(database, "SELECT id FROM text WHERE value = ?",
             "INSERT INTO text (value) VALUES (?)"),
      contexts_(database,
                "SELECT id FROM context WHERE host = ? AND measurement_name = ? AND address = ?"
                " AND source = ? AND method = ?",
                "INSERT INTO context (host, measurement_name, address, source, method)"
                " VALUES (?, ?, ?, ?, ?)"),
      find_path_(database.prepare("SELECT id, shape, first FROM path WHERE hash = ?")),
      insert_path_(database.prepare("INSERT INTO path (hash, shape, first) VALUES (?, ?, ?)")),
      set_path_aside_(database.prepare("UPDATE path SET hash = randomblob(16) WHERE id = ?")) {}

RowId Dictionary::number_of(IpAddress const& address) {
    auto const bytes = address_to_bytes(address);
    auto const* const known = known_addresses_.find(bytes);
    auto const id = known ? *known : known_addresses_.put(bytes, addresses_.number_of(Blob{bytes}));
    if (marks_) marks_->addresses.insert(id);
    return id;
}

RowId Dictionary::number_of(std::string_view text) {
    auto const* const known = known_texts_.find(text);
    auto const id =
        known ? *known : known_texts_.put(std::string(text), texts_.number_of(text), text.size());
    if (marks_) marks_->texts.insert(id);
    return id;
}

RowId Dictionary::probe(std::string_view name) {
    return probes_.number_of(name);
}

RowId Dictionary::measurement(std::optional<Uuid> const& id) {
    return id ? measurements_.number_of(Blob{bytes_of(*id)}) : 0;
}

RowId Dictionary::series(std::string_view probe_name, std::optional<Uuid> const& measurement_id) {
    std::string key(measurement_id ? bytes_of(*measurement_id) : std::string_view());
    key.insert(key.begin(), measurement_id ? '+' : '-');
    key += probe_name;
    if (auto const* known = known_series_.find(key)) return *known;
    RowId const probe_id = probe(probe_name);
    RowId const measurement_row = measurement(measurement_id);
    auto const size = key.size();
    return known_series_.put(std::move(key), series_.number_of(probe_id, measurement_row), size);
}

RowId Dictionary::context(Trace const& trace) {
    auto const& [host, address] = trace.target;
    std::string key(1, static_cast<char>(trace.method));
    auto const add = [&](std::string_view part) {
        key += std::to_string(part.size()) += ':';
        key += part;
    };
    add(host);
    add(address ? address_to_bytes(*address) : "");
    add(trace.source ? address_to_bytes(*trace.source) : "");
    if (trace.measurement) add(trace.measurement->name);
    RowId row = 0;
    if (auto const* const known = known_contexts_.find(key)) {
        row = *known;
    } else {
        row = contexts_.number_of(
            number_of(host), trace.measurement ? number_of(trace.measurement->name) : 0,
            address ? number_of(*address) : 0, trace.source ? number_of(*trace.source) : 0,
            static_cast<RowId>(trace.method));
        auto const size = key.size();
        known_contexts_.put(std::move(key), row, size);
    }
    if (marks_) marks_->contexts.insert(row);
    return row;
}

Dictionary::KnownPath Dictionary::path(SplitPath const& split, RowId context_row,
                                       std::uint64_t took_us) {
    if (auto const* known = known_paths_.find(split.hash)) return *known;
    auto const shape = encode_shape(split, *this);
    auto path = find_sound_path(split, shape);
    if (!path) {
        path.emplace().first = first_trace(context_row, took_us, split);
        auto const first = encode_first_trace(path->first);
        insert_path_.bind(Blob{split.hash}, Blob{shape}, Blob{first}).run();
        path->id = database_.last_row_id();
    }
    auto const size = path->first.rtts_us.size() * sizeof(std::uint32_t);
    return known_paths_.put(split.hash, *std::move(path), size);
}

/// What is equal is written equally, so that a row with other bytes is damaged, or one that it
/// refers to. New traces must not rely on it: it keeps those that do, and loses its hash to a row
/// that is sound.
std::optional<Dictionary::KnownPath> Dictionary::find_sound_path(SplitPath const& split,
                                                                 std::string_view shape) {
    if (!find_path_.bind(Blob{split.hash}).step()) return std::nullopt;
    KnownPath found{find_path_.integer(0), decode_first_trace(find_path_.blob(2))};
    bool const sound =
        find_path_.blob(1) == shape && found.first.rtts_us.size() == split.kinds.size();
    find_path_.reset();
    if (sound) return found;
    set_path_aside_.bind(found.id).run();
    database_.fail_as_damaged("path " + std::to_string(found.id));
    if (auto const met = database_.take_damage()) damage_.look_at(*met);
    return std::nullopt;
}

void Dictionary::forget() {
    known_series_.clear();
    known_addresses_.clear();
    known_texts_.clear();
    known_contexts_.clear();
    known_paths_.clear();
}

}  // namespace dtrace::store
