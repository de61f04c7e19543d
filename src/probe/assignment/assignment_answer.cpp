#include "assignment/assignment_answer.hpp"

#include <dtrace/http/url.hpp>
#include <dtrace/json/read.hpp>
#include <dtrace/model/measurement.hpp>

#include <fmt/format.h>

#include <set>

namespace dtrace::probe {

namespace {

constexpr std::uint32_t longest_interval_s = 7 * 24 * 3600;
constexpr std::size_t longest_target = 253;  // of a domain name, RFC 1035 § 3.1

template <class Work>
std::optional<std::string> find_round_fault(Work const& work) {
    if (work.target.empty() || work.target.size() > longest_target)
        return fmt::format("target: must have 1 to {} characters", longest_target);
    if (auto const fault = dtrace::find_fault(work.parameters)) return "parameters." + *fault;
    return std::nullopt;
}

std::optional<std::string> find_fault_of(AssignedMeasurement const& measurement) {
    if (measurement.interval_s < 1 || measurement.interval_s > longest_interval_s)
        return fmt::format("interval_s: must be 1 to {}", longest_interval_s);
    return find_round_fault(measurement);
}

std::optional<std::string> find_fault_of(OnceItem const& item) {
    return find_round_fault(item);
}

/// In a list of work, of which each has an id of its own.
template <class Work>
std::optional<std::string> find_list_fault(std::string_view list, std::vector<Work> const& works) {
    std::set<Uuid> ids;
    for (std::size_t i = 0; i < works.size(); ++i) {
        auto const place = fmt::format("{}[{}].", list, i);
        if (!ids.insert(works[i].id).second) return place + "id: is there twice";
        if (auto const fault = find_fault_of(works[i])) return place + *fault;
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> find_fault(Assignment const& assignment) {
    if (assignment.revision == 0) return "revision: must not be 0";
    if (assignment.report_url)
        if (auto const url = http::parse_url(*assignment.report_url); !url)
            return "report_url: " + url.error().message;
    if (auto fault = find_list_fault("measurements", assignment.measurements)) return fault;
    return find_list_fault("once", assignment.once);
}

AssignmentAnswer read_assignment_answer(Result<http::ClientResponse> const& answer,
                                        std::uint64_t held, RetryLimits const& limits) {
    if (!answer) return failure_of(answer.error());
    if (answer->status == 204 || answer->status == 304) return Unchanged{};
    if (answer->status != 200) return failure_of(*answer, limits);
    auto assignment = json::read<Assignment>(answer->body, json::UnknownKeys::ignore);
    if (!assignment) return Failure{"assignment refused: " + assignment.error().text()};
    if (auto const fault = find_fault(*assignment)) return Failure{"assignment refused: " + *fault};
    if (assignment->revision == held) return Unchanged{};
    return std::move(*assignment);
}

}  // namespace dtrace::probe
