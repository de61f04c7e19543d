// Answers and notices of rtnetlink, whatever their bytes.

#include "packet/netlink_message.hpp"
#include "require.hpp"

using namespace dtrace;
using namespace dtrace::wire;
using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const bytes = std::as_bytes(std::span(data, size));
    if (auto const route = read_route(bytes, 7)) require(!route->plain || route->interface != 0);
    static_cast<void>(read_neighbour(bytes, 7));
    static_cast<void>(read_changes(bytes));
    return 0;
}
