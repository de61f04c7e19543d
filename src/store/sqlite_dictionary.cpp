#include "sqlite_dictionary.hpp"

#include <sodium.h>

#include <algorithm>

namespace dtrace::store {

namespace {

using Blob = Statement::Blob;

std::string hash_of(std::string_view shape) {
    std::string hash(crypto_generichash_BYTES_MIN, '\0');
    crypto_generichash(reinterpret_cast<unsigned char*>(hash.data()), hash.size(),
                       reinterpret_cast<unsigned char const*>(shape.data()), shape.size(), nullptr,
                       0);
    return hash;
}

std::string_view bytes_of(Uuid const& id) {
    return {reinterpret_cast<char const*>(id.bytes.data()), id.bytes.size()};
}

}  // namespace

std::string address_to_bytes(IpAddress const& address) {
    if (address.is_v4()) {
        auto const bytes = address.to_v4().to_bytes();
        return {bytes.begin(), bytes.end()};
    }
    auto const v6 = address.to_v6();
    auto const bytes = v6.to_bytes();
    std::string result(bytes.begin(), bytes.end());
    auto const scope = static_cast<std::uint32_t>(v6.scope_id());
    if (scope != 0)
        for (unsigned shift : {24U, 16U, 8U, 0U})
            result += static_cast<char>(scope >> shift & 0xFF);
    return result;
}

std::optional<IpAddress> address_from_bytes(std::string_view bytes) {
    if (bytes.size() == 4) {
        IpV4::bytes_type v4;
        std::ranges::copy(bytes, reinterpret_cast<char*>(v4.data()));
        return IpV4(v4);
    }
    if (bytes.size() != 16 && bytes.size() != 20) return std::nullopt;
    IpV6::bytes_type v6;
    std::ranges::copy(bytes.substr(0, 16), reinterpret_cast<char*>(v6.data()));
    std::uint32_t scope = 0;
    for (char const c : bytes.substr(16))
        scope = scope << 8 | static_cast<unsigned char>(c);
    return IpV6(v6, scope);
}

Dictionary::Dictionary(Database& database)
    : database_(database),
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
      find_path_(database.prepare("SELECT id, rtts FROM path WHERE hash = ?")),
      insert_path_(database.prepare("INSERT INTO path (hash, shape, rtts) VALUES (?, ?, ?)")) {}

RowId Dictionary::number_of(IpAddress const& address) {
    auto const bytes = address_to_bytes(address);
    if (auto const* known = known_addresses_.find(bytes)) return *known;
    return known_addresses_.put(bytes, addresses_.number_of(Blob{bytes}));
}

RowId Dictionary::number_of(std::string_view text) {
    if (auto const* known = known_texts_.find(text)) return *known;
    return known_texts_.put(std::string(text), texts_.number_of(text));
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
    return known_series_.put(std::move(key), series_.number_of(probe_id, measurement_row));
}

std::size_t Dictionary::ContextHash::operator()(ContextKey const& key) const {
    std::size_t hash = 0;
    for (RowId const part : key)
        hash = (hash ^ static_cast<std::size_t>(part)) * 0x9E3779B97F4A7C15U;
    return hash ^ hash >> 32;
}

RowId Dictionary::context(Trace const& trace) {
    auto const& target = trace.target;
    ContextKey const key{
        number_of(target.host), trace.measurement ? number_of(trace.measurement->name) : 0,
        target.address ? number_of(*target.address) : 0,
        trace.source ? number_of(*trace.source) : 0, static_cast<RowId>(trace.method)};
    if (auto const* known = known_contexts_.find(key)) return *known;
    return known_contexts_.put(key, contexts_.number_of(key[0], key[1], key[2], key[3], key[4]));
}

Dictionary::KnownPath Dictionary::path(std::string_view shape, std::span<HopSample const> hops) {
    auto const hash = hash_of(shape);
    if (auto const* known = known_paths_.find(hash)) return *known;
    KnownPath path;
    if (find_path_.bind(Blob{hash}).step()) {
        path = {find_path_.integer(0), decode_rtts(find_path_.blob(1))};
        find_path_.reset();
    } else {
        path.reference = reference_rtts(hops);
        auto const rtts = encode_rtts(path.reference);
        insert_path_.bind(Blob{hash}, Blob{shape}, Blob{rtts}).run();
        path.id = database_.last_row_id();
    }
    std::size_t kinds = 0;
    for (HopSample const& hop : hops)
        kinds += hop.kinds;
    if (!database_.failed() && path.reference.size() != kinds)
        database_.fail_as_damaged("path " + std::to_string(path.id));
    path.reference.resize(kinds);
    return known_paths_.put(hash, std::move(path));
}

void Dictionary::forget() {
    known_series_.clear();
    known_addresses_.clear();
    known_texts_.clear();
    known_contexts_.clear();
    known_paths_.clear();
}

}  // namespace dtrace::store
