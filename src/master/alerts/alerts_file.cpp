#include "alerts/alerts_file.hpp"

#include "catalog/names.hpp"

#include <dtrace/http/url.hpp>
#include <dtrace/json/read.hpp>

#include <boost/describe/class.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

namespace dtrace::master {

namespace {

// The file's own words are the members' names.

struct FileReceiver {
    std::string Name;
    std::optional<std::string> Url, UrlFile, SecretFile, CaFile;
    std::map<std::string, std::string> Headers, HeaderFiles;
    std::optional<std::vector<EventKind>> Kinds;
    std::optional<double> MinLossPercent;
    std::vector<std::string> Measurements, Probes, Tags;
    std::optional<std::int64_t> TimeoutSeconds, MaxAgeHours;
};
BOOST_DESCRIBE_STRUCT(FileReceiver, (),
                      (Name, Url, UrlFile, SecretFile, CaFile, Headers, HeaderFiles, Kinds,
                       MinLossPercent, Measurements, Probes, Tags, TimeoutSeconds, MaxAgeHours))

struct AlertsFile {
    std::vector<FileReceiver> Receivers;
};
BOOST_DESCRIBE_STRUCT(AlertsFile, (), (Receivers))

using ReceiverFault = std::optional<json::Fault>;

constexpr std::size_t most_receivers = 50;
constexpr std::size_t longest_header = 4096;

constexpr std::array usual_kinds{EventKind::culprit_opened, EventKind::culprit_grew,
                                 EventKind::culprit_closed, EventKind::probe_offline,
                                 EventKind::probe_online};

/// Letters, digits and '-'; and none that the request has anyhow.
std::optional<std::string> find_header_fault(std::string_view name) {
    constexpr std::array<std::string_view, 7> ours{
        "host",       "connection",        "content-length",    "content-type",
        "user-agent", "transfer-encoding", "x-dtrace-signature"};
    std::string lower;
    for (char const c : name) {
        char const l = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        if (!((l >= 'a' && l <= 'z') || (l >= '0' && l <= '9') || l == '-'))
            return "the name of a header has letters, digits and - only";
        lower += l;
    }
    if (lower.empty() || lower.size() > 100) return "the name of a header has 1 to 100 letters";
    if (std::ranges::find(ours, lower) != ours.end()) return "this header is set by the program";
    return std::nullopt;
}

ReceiverFault find_fault_in_headers(FileReceiver const& receiver, json::Place const& at) {
    auto const check = [&](std::string const& name, json::Place const& place) -> ReceiverFault {
        if (auto reason = find_header_fault(name)) return json::Fault{place.text(), *reason};
        return std::nullopt;
    };
    json::Place const headers = at.member("Headers");
    for (auto const& [name, value] : receiver.Headers) {
        json::Place const place = headers.key(name);
        if (auto fault = check(name, place)) return fault;
        if (!is_header_value(value))
            return json::Fault{place.text(), "must be visible ASCII, 4096 letters at most"};
        if (receiver.HeaderFiles.contains(name))
            return json::Fault{place.text(), "stands in HeaderFiles too"};
    }
    json::Place const files = at.member("HeaderFiles");
    for (auto const& [name, file] : receiver.HeaderFiles) {
        json::Place const place = files.key(name);
        if (auto fault = check(name, place)) return fault;
        if (file.empty()) return json::Fault{place.text(), "must name a file"};
    }
    return std::nullopt;
}

ReceiverFault find_fault_in_address(FileReceiver const& receiver, json::Place const& at) {
    if (receiver.Url.has_value() == receiver.UrlFile.has_value())
        return json::Fault{at.member("Url").text(), "is required (or UrlFile), and not both"};
    if (!receiver.Url) return std::nullopt;
    auto const url = http::parse_url(*receiver.Url);
    if (!url) return json::Fault{at.member("Url").text(), url.error().message};
    if (!receiver.HeaderFiles.empty() && !url->secure && !url->is_loopback())
        return json::Fault{at.member("Url").text(),
                           "must be https://, for the secrets of HeaderFiles"};
    return std::nullopt;
}

ReceiverFault find_unnamed_file(FileReceiver const& receiver, json::Place const& at) {
    for (auto const& [key, file] :
         {std::pair("UrlFile", &receiver.UrlFile), std::pair("SecretFile", &receiver.SecretFile),
          std::pair("CaFile", &receiver.CaFile)})
        if (*file && (*file)->empty())
            return json::Fault{at.member(key).text(), "must name a file"};
    return std::nullopt;
}

ReceiverFault find_fault_in_filter(FileReceiver const& receiver, json::Place const& at) {
    if (receiver.Kinds && receiver.Kinds->empty())
        return json::Fault{at.member("Kinds").text(),
                           "must name a kind; leave it out for the usual"};
    if (auto const& loss = receiver.MinLossPercent; loss && !(*loss >= 0 && *loss <= 100))
        return json::Fault{at.member("MinLossPercent").text(), "must be 0 to 100"};
    for (auto const& [key, list] :
         {std::pair("Measurements", &receiver.Measurements), std::pair("Probes", &receiver.Probes),
          std::pair("Tags", &receiver.Tags)})
        if (auto fault = find_list_fault(*list, at.member(key), find_name_fault)) return fault;
    return std::nullopt;
}

ReceiverFault find_receiver_fault(FileReceiver const& receiver, json::Place const& at) {
    if (auto reason = find_name_fault(receiver.Name))
        return json::Fault{at.member("Name").text(), *std::move(reason)};
    if (auto fault = find_fault_in_address(receiver, at)) return fault;
    if (auto fault = find_unnamed_file(receiver, at)) return fault;
    if (auto fault = find_fault_in_headers(receiver, at)) return fault;
    if (auto const& wait = receiver.TimeoutSeconds; wait && (*wait < 1 || *wait > 120))
        return json::Fault{at.member("TimeoutSeconds").text(), "must be 1 to 120"};
    if (auto const& age = receiver.MaxAgeHours; age && (*age < 1 || *age > 24 * 90))
        return json::Fault{at.member("MaxAgeHours").text(), "must be 1 to 2160"};
    return find_fault_in_filter(receiver, at);
}

ReceiverEntry entry_of(FileReceiver&& receiver) {
    ReceiverEntry entry{.name = std::move(receiver.Name),
                        .url = std::move(receiver.Url).value_or(""),
                        .url_file = std::move(receiver.UrlFile).value_or(""),
                        .headers = std::move(receiver.Headers),
                        .header_files = std::move(receiver.HeaderFiles),
                        .secret_file = std::move(receiver.SecretFile).value_or(""),
                        .ca_file = std::move(receiver.CaFile).value_or(""),
                        .filter = {.kinds = {},
                                   .min_loss = receiver.MinLossPercent.value_or(0) / 100,
                                   .measurements = std::move(receiver.Measurements),
                                   .probes = std::move(receiver.Probes),
                                   .tags = std::move(receiver.Tags)}};
    entry.filter.kinds =
        std::move(receiver.Kinds).value_or(std::vector(usual_kinds.begin(), usual_kinds.end()));
    if (receiver.TimeoutSeconds) entry.timeout = seconds(*receiver.TimeoutSeconds);
    if (receiver.MaxAgeHours) entry.max_age = std::chrono::hours(*receiver.MaxAgeHours);
    return entry;
}

}  // namespace

bool is_header_value(std::string_view value) {
    return value.size() <= longest_header &&
           std::ranges::all_of(value, [](char c) { return c >= 0x20 && c < 0x7F; });
}

json::ReadResult<std::vector<ReceiverEntry>> parse_alerts_file(std::string_view text) {
    auto file = json::read<AlertsFile>(text, json::UnknownKeys::refuse);
    if (!file) return file.error();
    std::vector<ReceiverEntry> entries;
    std::set<std::string> names;
    json::Place const root;
    json::Place const list = root.member("Receivers");
    if (file->Receivers.size() > most_receivers)
        return json::Fault{list.text(), "must be 50 at most"};
    for (std::size_t i = 0; i < file->Receivers.size(); ++i) {
        auto& receiver = file->Receivers[i];
        json::Place const at = list.element(i);
        if (auto fault = find_receiver_fault(receiver, at)) return *fault;
        if (!names.insert(receiver.Name).second)
            return json::Fault{at.member("Name").text(),
                               "the name " + receiver.Name + " stands here twice"};
        entries.push_back(entry_of(std::move(receiver)));
    }
    return entries;
}

}  // namespace dtrace::master
