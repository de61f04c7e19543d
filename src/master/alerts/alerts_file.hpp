#pragma once

#include <dtrace/core/time.hpp>
#include <dtrace/json/fault.hpp>
#include <dtrace/model/event.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace dtrace::master {

/// Which events a receiver wants; an empty list: whatever it is.
struct AlertFilter {
    std::vector<EventKind> kinds;
    double min_loss = 0;                    ///< of culprits, a share
    std::vector<std::string> measurements;  ///< names or ids; of events of one measurement
    std::vector<std::string> probes;
    std::vector<std::string> tags;  ///< of a probe or of the measurement

    friend bool operator==(AlertFilter const&, AlertFilter const&) = default;
};

/// A receiver as its file tells of it; other files hold its secrets.
struct ReceiverEntry {
    std::string name;
    std::string url;  ///< empty: the first line of `url_file` is it
    std::string url_file;
    std::map<std::string, std::string> headers;
    std::map<std::string, std::string> header_files;  ///< each value is the first line of a file
    std::string secret_file;                          ///< signs what is sent; empty: nothing does
    std::string ca_file;  ///< whom to trust; empty: whom the system does
    AlertFilter filter;
    seconds timeout{10};  ///< of an attempt
    microseconds max_age = std::chrono::hours(24);

    friend bool operator==(ReceiverEntry const&, ReceiverEntry const&) = default;
};

/// Reads dt-alerts.json: `{"Receivers":[{"Name":…,"Url":…}]}`. Keys are case-sensitive, and an
/// unknown one is a fault, as are a name or a key that stands twice.
[[nodiscard]] json::ReadResult<std::vector<ReceiverEntry>> parse_alerts_file(std::string_view text);

/// Visible ASCII and spaces, at most 4096 of them.
[[nodiscard]] bool is_header_value(std::string_view value);

}  // namespace dtrace::master
