#pragma once

#include <dtrace/core/error.hpp>
#include <dtrace/core/time.hpp>
#include <dtrace/model/measurement.hpp>
#include <dtrace/model/probe.hpp>
#include <dtrace/model/trace.hpp>
#include <dtrace/store/unreadable.hpp>

#include <boost/asio/awaitable.hpp>

#include <string>
#include <vector>

namespace dtrace::store {

/// What was told to the master and must outlive it: the last valid probes and measurements.
/// Every call is done, durably, when it returns.
class Catalog {
  public:
    virtual ~Catalog() = default;

    virtual boost::asio::awaitable<Result<Readable<Probe>>> probes() = 0;
    virtual boost::asio::awaitable<Result<Readable<Measurement>>> measurements() = 0;

    /// Those that are in force, or were once: probes may still hold traces of them.
    virtual boost::asio::awaitable<Result<Readable<MeasurementName>>> known_measurements() = 0;

    /// Replaces all that came from the files; what is gone keeps its history of traces.
    virtual boost::asio::awaitable<Result<void>> replace_probes(std::vector<Probe> probes) = 0;
    virtual boost::asio::awaitable<Result<void>> replace_measurements(
        std::vector<Measurement> measurements) = 0;
};

}  // namespace dtrace::store
