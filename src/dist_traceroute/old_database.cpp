#include "old_statement.hpp"

#include <dtrace/dist_traceroute/old_database.hpp>
#include <dtrace/dist_traceroute/slave_trace.hpp>

#include <sqlite3.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace dtrace::dist_traceroute {

namespace {

namespace errc = boost::system::errc;

constexpr double longest_seconds = 1e6;
constexpr std::size_t most_hops = 1000;

struct CloseDatabase {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
};

}  // namespace

struct OldDatabase::Impl {
    std::filesystem::path file;
    std::unique_ptr<sqlite3, CloseDatabase> handle;
    std::map<std::string, SlaveTarget> targets_by_id;
    std::map<std::string, std::string> slaves_by_id;
    std::int64_t last_row = 0;
    std::uint64_t skipped = 0;

    [[nodiscard]] Error failure() const {
        return make_error(errc::io_error, file.string() + ": " + sqlite3_errmsg(handle.get()));
    }
    [[nodiscard]] OldStatement prepare(std::string_view sql) const { return {handle.get(), sql}; }

    [[nodiscard]] Result<void> check_layout() const;
    [[nodiscard]] Result<void> read_names();
    [[nodiscard]] std::optional<SlaveResult> read_result(OldStatement const& row,
                                                         OldStatement& hops) const;
};

Result<void> OldDatabase::Impl::check_layout() const {
    auto tables = prepare(
        "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN"
        " ('t_Traceroutes', 't_Hops', 't_Targets', 't_Slaves')");
    if (!tables.step()) return failure();
    if (tables.integer(0) != 4)
        return make_error(errc::invalid_argument,
                          file.string() + ": is not a database of dist-traceroute's master");
    if (!prepare("SELECT strSlaveId, strTargetId, dtStart FROM t_Traceroutes").good())
        return make_error(
            errc::invalid_argument,
            file.string() +
                ": was made by a development version of dist-traceroute; let its last "
                "version open it once");
    return {};
}

Result<void> OldDatabase::Impl::read_names() {
    auto targets = prepare(
        "SELECT strTargetId, strDescription, strDestination, nRetries, nMaxHops, nTimeoutMSec"
        " FROM t_Targets");
    while (targets.step()) {
        auto const id = parse<Uuid>(targets.text(0));
        if (!id || targets.text(2).empty()) continue;
        auto const number = [&](int column) {
            return static_cast<std::uint32_t>(
                std::clamp<std::int64_t>(targets.integer(column), 0, 10'000));
        };
        SlaveTarget target{.id = *id,
                           .name = std::string(targets.text(1)),
                           .address = std::string(targets.text(2)),
                           .measurement = std::string(targets.text(1)),
                           .retries = number(3),
                           .max_hops = number(4),
                           .timeout_ms = number(5)};
        targets_by_id.emplace(targets.text(0), std::move(target));
    }
    auto slaves = prepare("SELECT strSlaveId, strSlaveName FROM t_Slaves");
    while (slaves.step())
        slaves_by_id.emplace(slaves.text(0), slaves.text(1));
    if (targets.failed() || slaves.failed()) return failure();
    return {};
}

Result<std::unique_ptr<OldDatabase>> OldDatabase::open(std::filesystem::path const& file) {
    auto impl = std::make_unique<Impl>();
    impl->file = file;
    std::error_code ignored;
    auto const absolute = std::filesystem::absolute(file, ignored);
    sqlite3* handle = nullptr;
    int const opened = sqlite3_open_v2(absolute.c_str(), &handle, SQLITE_OPEN_READONLY, nullptr);
    impl->handle.reset(handle);
    if (opened != SQLITE_OK) return impl->failure();
    if (auto checked = impl->check_layout(); !checked) return checked.error();
    if (auto read = impl->read_names(); !read) return read.error();
    return std::unique_ptr<OldDatabase>(new OldDatabase(std::move(impl)));
}

OldDatabase::OldDatabase(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
OldDatabase::~OldDatabase() = default;

std::uint64_t OldDatabase::skipped() const {
    return impl_->skipped;
}

Result<std::vector<SlaveTarget>> OldDatabase::targets() {
    std::vector<SlaveTarget> targets;
    for (auto const& [id, target] : impl_->targets_by_id)
        targets.push_back(target);
    return targets;
}

Result<std::vector<SlaveLogin>> OldDatabase::slaves() {
    std::vector<SlaveLogin> slaves;
    auto rows =
        impl_->prepare("SELECT strSlaveName, strSlaveSecret FROM t_Slaves ORDER BY strSlaveName");
    while (rows.step())
        slaves.push_back({std::string(rows.text(0)), std::string(rows.text(1))});
    if (rows.failed()) return impl_->failure();
    return slaves;
}

/// `row`: rowid, trace, slave, target, start. None: its start makes no sense.
std::optional<SlaveResult> OldDatabase::Impl::read_result(OldStatement const& row,
                                                          OldStatement& hops) const {
    SlaveResult result;
    if (auto const id = parse<Uuid>(row.text(1))) result.id = *id;
    auto const started = parse<Timestamp>(row.text(4));
    if (!started) return std::nullopt;
    result.started_at = *started;
    hops.bind(row.text(1));
    while (hops.step() && result.hops.size() < most_hops) {
        SlaveHop hop;
        hop.ttl = hops.integer(0);
        auto const address = parse<IpAddress>(hops.text(1));
        if (address && address->is_v4()) hop.address = address->to_v4();
        hop.host = hops.text(2);
        double const elapsed = hops.real(3);
        if (std::isfinite(elapsed) && std::abs(elapsed) < longest_seconds)
            hop.elapsed_ns = std::llround(elapsed * 1e9);
        result.hops.push_back(std::move(hop));
    }
    return result;
}

Result<std::vector<Trace>> OldDatabase::next(std::size_t count) {
    auto rows = impl_->prepare(
        "SELECT rowid, strTracerouteId, strSlaveId, strTargetId, dtStart FROM t_Traceroutes"
        " WHERE rowid > ? ORDER BY rowid LIMIT ?");
    auto hops = impl_->prepare(
        "SELECT nHopIndex, strHopIPAddress, strHopDNSName, dDurationSec FROM t_Hops"
        " WHERE strTracerouteId = ? ORDER BY nHopIndex");
    rows.bind(impl_->last_row, static_cast<std::int64_t>(count));
    std::vector<Trace> traces;
    auto const now = wall_clock_now();
    while (traces.empty()) {
        std::size_t seen = 0;
        while (rows.step()) {
            ++seen;
            impl_->last_row = rows.integer(0);
            auto const slave = impl_->slaves_by_id.find(std::string(rows.text(2)));
            auto const target = impl_->targets_by_id.find(std::string(rows.text(3)));
            auto const result = impl_->read_result(rows, hops);
            bool const known = slave != impl_->slaves_by_id.end() &&
                               target != impl_->targets_by_id.end() && result;
            if (!known) {
                ++impl_->skipped;
                continue;
            }
            auto const& about = target->second;
            SlaveMeasurement const measurement{
                .measurement = MeasurementName{about.id, about.measurement},
                .host = about.address,
                .retries = about.retries,
                .max_hops = about.max_hops};
            traces.push_back(to_trace(*result, slave->second, measurement, now));
        }
        if (rows.failed() || hops.failed()) return impl_->failure();
        if (seen == 0) break;
        rows.bind(impl_->last_row, static_cast<std::int64_t>(count));
    }
    return traces;
}

}  // namespace dtrace::dist_traceroute
