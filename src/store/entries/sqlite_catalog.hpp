#pragma once

#include "names/sqlite_dictionary.hpp"
#include "sqlite/sqlite_database.hpp"

#include <dtrace/model/measurement.hpp>
#include <dtrace/model/probe.hpp>
#include <dtrace/model/trace.hpp>

#include <vector>

namespace dtrace::store {

// The tables of the catalog. Results are meaningless if the database has failed.

[[nodiscard]] Readable<Probe> read_probes(Database& database);
[[nodiscard]] Readable<Measurement> read_measurements(Database& database);
[[nodiscard]] Readable<MeasurementName> read_known_measurements(Database& database);

/// Within a transaction; each name, each id once.
void replace_probes(Database& database, Dictionary& dictionary, std::vector<Probe> const& probes);
void replace_measurements(Database& database, Dictionary& dictionary,
                          std::vector<Measurement> const& measurements);

}  // namespace dtrace::store
