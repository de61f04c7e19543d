#pragma once

#include <dtrace/app/send_options.hpp>
#include <dtrace/core/enum_text.hpp>
#include <dtrace/core/ip.hpp>
#include <dtrace/core/log.hpp>
#include <dtrace/model/measurement.hpp>

#include <boost/describe/enum.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dtrace::app {

/// How `trace` shows what it has found; `-j` is one more way.
enum class OutputFormat : std::uint8_t { text, csv, fbtracert };
BOOST_DESCRIBE_ENUM(OutputFormat, text, csv, fbtracert)

/// What belongs to `trace --find-loss` alone.
struct FindLossOptions {
    bool wanted = false;
    std::uint32_t duration_ms = 60'000;
    double clean_below = 0.01;  ///< a share
    bool all = false;           ///< the evidence of every flow
};

/// What belongs to `trace --report` and `trace --live`.
struct RepeatOptions {
    bool report = false;
    bool live = false;
    std::optional<std::uint32_t> rounds;  ///< absent: 10 of a report, live until it is stopped
    std::uint32_t interval_ms = 1'000;    ///< from the begin of a round to that of the next

    [[nodiscard]] bool wanted() const { return report || live; }
    [[nodiscard]] std::optional<std::uint32_t> limit() const {
        return rounds || live ? rounds : std::optional<std::uint32_t>(10);
    }
};

/// `dtrace-node trace HOST…`
struct TraceOptions {
    std::vector<std::string> hosts;
    ProbingParameters parameters;
    std::optional<IpAddress> source;
    bool names = true;
    bool json = false;
    OutputFormat format = OutputFormat::text;
    std::string asn_database;  ///< empty: networks stay unknown
    FindLossOptions loss;
    RepeatOptions repeat;
    bool flows_given = false;  ///< --flows, instead of what is usual
    SendOptions send;
    LogOptions log{.level = LogLevel::warn};
};

}  // namespace dtrace::app
