#include "require.hpp"

#include <dtrace/packet/checksum.hpp>
#include <dtrace/packet/icmp_extension.hpp>

#include <algorithm>

using namespace dtrace;
using namespace dtrace::packet;
using fuzz::require;

namespace {

void check_interface(InterfaceInfo const& info) {
    if (!info.name) return;
    require(info.name->size() < 64);
    require(std::ranges::all_of(*info.name, [](char c) { return c >= ' ' && c <= '~'; }));
}

void check_extension(ByteView extension) {
    auto const found = parse_extension(extension);
    require(found.labels.size() <= max_extension_items);
    require(found.interfaces.size() <= max_extension_items);
    require(found.unknown.size() <= max_extension_items);
    std::ranges::for_each(found.interfaces, check_interface);
    std::size_t kept = 0;
    for (auto const& object : found.unknown)
        kept += object.payload.size();
    require(kept <= extension.size());

    auto const written = mpls_extension(found.labels);
    require(fold(sum_words(written)) == 0xFFFF);
    require(parse_extension(written).labels == found.labels);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size == 0 || size > 4096) return 0;
    auto const bytes = std::as_bytes(std::span(data + 1, size - 1));

    // As a whole payload, with every length that one octet of words can state.
    auto const [quote, extension] = split_quote(bytes, std::size_t{data[0]} * 4);
    require(quote.size() + extension.size() == bytes.size());
    require(quote.data() == bytes.data());
    if (!extension.empty()) check_extension(extension);

    // And as an extension, past the checks of version and checksum.
    check_extension(bytes);
    return 0;
}
