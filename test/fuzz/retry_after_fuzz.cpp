#include "alerts/retry_rule.hpp"
#include "require.hpp"

#include <cstdint>
#include <string_view>

using namespace dtrace;
using namespace dtrace::master;
using fuzz::require;

/// Whatever a receiver of alerts wishes, it is asked again: not at once, and within the hour.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const value(reinterpret_cast<char const*>(data), size);
    auto const wish = read_retry_after(value);
    require(!wish || *wish >= seconds(0));
    for (std::uint32_t const failures : {0U, 1U, 9U, 1'000'000U, UINT32_MAX})
        for (double const chance : {0.0, 0.5, 1.0}) {
            auto const wait = wait_before_retry(failures, chance, wish);
            require(wait >= milliseconds(500) && wait <= std::chrono::hours(1));
        }
    return 0;
}
