#include "entries/sqlite_catalog.hpp"

#include <dtrace/json/read.hpp>
#include <dtrace/json/write.hpp>

#include <boost/describe/class.hpp>

#include <string>

namespace dtrace::store {

namespace {

template <class T>
T read_json(Database& database, std::string_view text) {
    auto value = json::read<T>(text, json::UnknownKeys::ignore);
    if (value) return *std::move(value);
    database.fail_as_damaged("catalog: " + value.error().text());
    return {};
}

/// What came to a measurement's definition after its columns.
struct Selection {
    std::vector<std::string> probe_tags;
    std::optional<std::string> mesh;
};
BOOST_DESCRIBE_STRUCT(Selection, (), (probe_tags, mesh))

}  // namespace

std::vector<Probe> read_probes(Database& database) {
    std::vector<Probe> probes;
    auto rows = database.prepare(
        "SELECT probe.name, password_hash, tags FROM registered_probe"
        " JOIN probe ON probe.id = registered_probe.probe ORDER BY position");
    for (rows.bind(); rows.step();)
        probes.push_back({std::string(rows.text(0)), std::string(rows.text(1)),
                          read_json<std::vector<std::string>>(database, rows.text(2))});
    return probes;
}

std::vector<Measurement> read_measurements(Database& database) {
    std::vector<Measurement> measurements;
    auto rows = database.prepare(
        "SELECT uuid, name, target, interval_s, parameters, probes, tags, selection"
        " FROM defined_measurement"
        " JOIN measurement ON measurement.id = defined_measurement.measurement"
        " WHERE position IS NOT NULL ORDER BY position");
    for (rows.bind(); rows.step();) {
        Measurement& m = measurements.emplace_back();
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
    }
    return measurements;
}

std::vector<MeasurementName> read_former_measurements(Database& database) {
    std::vector<MeasurementName> names;
    auto rows = database.prepare(
        "SELECT uuid, name FROM defined_measurement"
        " JOIN measurement ON measurement.id = defined_measurement.measurement"
        " WHERE position IS NULL ORDER BY measurement.id");
    for (rows.bind(); rows.step();)
        names.push_back({rows.uuid(0), std::string(rows.text(1))});
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
