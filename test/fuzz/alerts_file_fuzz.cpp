#include "alerts/alert_filter.hpp"
#include "alerts/alerts_file.hpp"
#include "require.hpp"

#include <dtrace/http/url.hpp>

#include <cstdint>
#include <set>
#include <string_view>

using namespace dtrace;
using namespace dtrace::master;
using fuzz::require;

/// What is accepted can be used as it is: nothing in it breaks a request, or leads elsewhere than
/// its address says.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const entries = parse_alerts_file({reinterpret_cast<char const*>(data), size});
    if (!entries) {
        require(!entries.error().reason.empty());
        return 0;
    }
    std::set<std::string_view> names;
    for (auto const& entry : *entries) {
        require(!entry.name.empty() && names.insert(entry.name).second);
        require(entry.url.empty() != entry.url_file.empty());
        require(entry.url.empty() || http::parse_url(entry.url).has_value());
        require(!entry.filter.kinds.empty());
        require(entry.filter.min_loss >= 0 && entry.filter.min_loss <= 1);
        require(entry.timeout >= seconds(1) && entry.max_age >= std::chrono::hours(1));
        for (auto const& [name, value] : entry.headers) {
            require(!name.empty() && name.find_first_of(": \r\n") == std::string::npos);
            require(value.find_first_of("\r\n") == std::string::npos && is_header_value(value));
        }
        (void)wants(entry.filter, Event{}, {});
    }
    return 0;
}
