#include "config/probes_file.hpp"
#include "config/targets_file.hpp"

#include <dtrace/dist_traceroute/old_database.hpp>
#include <dtrace/json/quote.hpp>
#include <dtrace/master/files_to_take_over.hpp>

#include <optional>
#include <set>
#include <string_view>

namespace dtrace::master {

namespace {

using dist_traceroute::SlaveLogin;
using dist_traceroute::SlaveTarget;
using Reason = std::optional<std::string>;

constexpr char const* not_utf8 = "its name, address or password is not UTF-8";

// Each by itself goes through the reader of such files, so that there is one set of rules. Its
// place in that file says nothing; the member at its end does, where there is one.
std::string reason_of(json::Fault const& fault) {
    auto const dot = fault.path.rfind('.');
    return dot == std::string::npos ? fault.reason
                                    : fault.path.substr(dot + 1) + ": " + fault.reason;
}

Reason find_reason(SlaveLogin const& slave) {
    auto const entries = parse_probes_file(dist_traceroute::probes_file({slave}));
    if (!entries) return reason_of(entries.error());
    auto const& entry = entries->front();
    if (entry.name != slave.name || entry.password != slave.secret) return not_utf8;
    return std::nullopt;
}

Reason find_reason(SlaveTarget const& target) {
    auto const file = parse_targets_file(dist_traceroute::targets_file({target}));
    if (!file) return reason_of(file.error());
    auto const& measurement = file->measurements.front();
    if (measurement.name != target.name || measurement.target != target.address) return not_utf8;
    return std::nullopt;
}

/// Those that a file may hold together, with `write` to make it.
template <class Entry, class SameAs>
FileToTakeOver file_of(std::vector<Entry> const& given, std::string_view kind, SameAs same_as,
                       std::string (*write)(std::vector<Entry> const&)) {
    FileToTakeOver file;
    std::vector<Entry> taken;
    for (Entry const& entry : given) {
        auto reason = find_reason(entry);
        if (!reason && same_as(entry)) reason = "another one has the same name or id";
        if (reason)
            file.left_out.push_back(std::string(kind) + ' ' + json::quoted(entry.name) + ": " +
                                    *reason);
        else
            taken.push_back(entry);
    }
    file.text = write(taken);
    return file;
}

}  // namespace

FileToTakeOver probes_to_take_over(std::vector<SlaveLogin> const& slaves) {
    std::set<std::string> names;
    return file_of(
        slaves, "slave", [&](SlaveLogin const& slave) { return !names.insert(slave.name).second; },
        dist_traceroute::probes_file);
}

FileToTakeOver targets_to_take_over(std::vector<SlaveTarget> const& targets) {
    std::set<std::string> names;
    std::set<Uuid> ids;
    return file_of(
        targets, "target",
        [&](SlaveTarget const& target) {
            return !ids.insert(target.id).second || !names.insert(target.name).second;
        },
        dist_traceroute::targets_file);
}

}  // namespace dtrace::master
