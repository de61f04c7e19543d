#include "catalog/names.hpp"
#include "catalog/packet_load.hpp"
#include "config/probes_file.hpp"
#include "config/targets_file.hpp"
#include "require.hpp"

#include <dtrace/http/url.hpp>

#include <cstdint>
#include <set>
#include <string_view>

using namespace dtrace;
using namespace dtrace::master;
using fuzz::require;

namespace {

/// Each probe can log in, and is told from the others.
void check_probes(std::string_view text) {
    auto const entries = parse_probes_file(text);
    if (!entries) {
        require(!entries.error().reason.empty());
        return;
    }
    std::set<std::string_view> names;
    for (auto const& entry : *entries) {
        require(!find_probe_name_fault(entry.name) && names.insert(entry.name).second);
        require(entry.password.empty() != entry.password_hash.empty());
    }
}

/// Each measurement can be carried out as it stands.
void check_targets(std::string_view text) {
    auto const file = parse_targets_file(text);
    if (!file) {
        require(!file.error().reason.empty());
        return;
    }
    std::set<Uuid> ids;
    std::set<std::string_view> names;
    for (auto const& measurement : file->measurements) {
        require(ids.insert(measurement.id).second && names.insert(measurement.name).second);
        bool const has_target = !find_host_fault(measurement.target);
        require(measurement.mesh ? measurement.target.empty() : has_target);
        require(!find_fault(measurement.parameters) && measurement.interval_s > 0);
        require(!find_load_fault(measurement.parameters, measurement.interval_s));
    }
    require(!file->report_url || http::parse_url(*file->report_url));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    check_probes(text);
    check_targets(text);
    return 0;
}
