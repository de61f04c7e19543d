#include "entries/sqlite_catalog.hpp"

#include <dtrace/json/read.hpp>
#include <dtrace/json/write.hpp>

#include <boost/describe/class.hpp>

#include <string>
#include <utility>

namespace dtrace::store {

namespace {

template <class T>
T read_json(Database& database, std::string_view text) {
    auto value = json::read<T>(text, json::UnknownKeys::ignore);
    if (value) return *std::move(value);
    database.fail_as_damaged("catalog: " + value.error().text());
    return {};
}

/// Not if it was found to be damaged while it was read.
template <class T>
void take(Database& database, Readable<T>& all, T entry) {
    if (database.failed())
        database.leave_out_damage(all.unreadable);
    else
        all.entries.push_back(std::move(entry));
}

/// What came to a measurement's definition after its columns.
struct Selection {
    std::vector<std::string> probe_tags;
    std::optional<std::string> mesh;
};
BOOST_DESCRIBE_STRUCT(Selection, (), (probe_tags, mesh))

}  // namespace

Readable<Probe> read_probes(Database& database) {
    Readable<Probe> probes;
    auto rows = database.prepare(
        "SELECT probe.name, password_hash, tags FROM registered_probe"
        " JOIN probe ON probe.id = registered_probe.probe ORDER BY position");
    for (rows.bind(); rows.step();) {
        Probe probe{std::string(rows.text(0)), std::string(rows.text(1)),
                    read_json<std::vector<std::string>>(database, rows.text(2))};
        take(database, probes, std::move(probe));
    }
    return probes;
}

Readable<Measurement> read_measurements(Database& database) {
    Readable<Measurement> measurements;
    auto rows = database.prepare(
        "SELECT uuid, name, target, interval_s, parameters, probes, tags, selection"
        " FROM defined_measurement"
        " JOIN measurement ON measurement.id = defined_measurement.measurement"
        " WHERE position IS NOT NULL ORDER BY position");
    for (rows.bind(); rows.step();) {
        Measurement m;
        m.id = rows.uuid(0);
        m.name = rows.text(1);
        m.target = rows.text(2);
        m.interval_s = static_cast<std::uint32_t>(rows.integer(3));
        m.parameters = read_json<ProbingParameters>(database, rows.text(4));
        m.probes = read_json<std::vector<std::string>>(database, rows.text(5));
        m.tags = read_json<std::vector<std::string>>(database, rows.text(6));
        auto selection = read_json<Selection>(database, rows.text(7));
        m.probe_tags = std::move(selection.probe_tags);
        m.mesh = std::move(selection.mesh);
        take(database, measurements, std::move(m));
    }
    return measurements;
}

Readable<MeasurementName> read_known_measurements(Database& database) {
    Readable<MeasurementName> names;
    auto rows = database.prepare(
        "SELECT uuid, name FROM defined_measurement"
        " JOIN measurement ON measurement.id = defined_measurement.measurement"
        " ORDER BY measurement.id");
    for (rows.bind(); rows.step();) {
        MeasurementName name{rows.uuid(0), std::string(rows.text(1))};
        take(database, names, std::move(name));
    }
    return names;
}

void replace_probes(Database& database, Dictionary& dictionary, std::vector<Probe> const& probes) {
    database.execute("DELETE FROM registered_probe");
    auto insert = database.prepare(
        "INSERT INTO registered_probe (probe, position, password_hash, tags) VALUES (?, ?, ?, ?)");
    std::int64_t position = 0;
    for (Probe const& probe : probes) {
        auto const tags = json::write(probe.tags);
        insert.bind(dictionary.probe(probe.name), position++, probe.password_hash, tags).run();
    }
}

void replace_measurements(Database& database, Dictionary& dictionary,
                          std::vector<Measurement> const& measurements) {
    database.execute("UPDATE defined_measurement SET position = NULL");
    auto insert = database.prepare(
        "INSERT INTO defined_measurement"
        " (measurement, position, name, target, interval_s, parameters, probes, tags,"
        " selection) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
        " position = excluded.position, name = excluded.name, target = excluded.target,"
        " interval_s = excluded.interval_s, parameters = excluded.parameters,"
        " probes = excluded.probes, tags = excluded.tags, selection = excluded.selection");
    std::int64_t position = 0;
    for (Measurement const& m : measurements) {
        auto const parameters = json::write(m.parameters);
        auto const probes = json::write(m.probes);
        auto const tags = json::write(m.tags);
        auto const selection = json::write(Selection{m.probe_tags, m.mesh});
        insert
            .bind(dictionary.measurement(m.id), position++, m.name, m.target,
                  std::int64_t{m.interval_s}, parameters, probes, tags, selection)
            .run();
    }
}

}  // namespace dtrace::store
