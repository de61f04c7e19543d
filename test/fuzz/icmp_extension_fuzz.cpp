#include "require.hpp"

#include <dtrace/packet/checksum.hpp>
#include <dtrace/packet/icmp_extension.hpp>

#include <algorithm>

using namespace dtrace;
using namespace dtrace::packet;
using fuzz::require;

namespace {

void check_name(std::optional<std::string> const& name) {
    if (!name) return;
    require(name->size() < 64);
    require(std::ranges::all_of(*name, [](char c) { return c >= ' ' && c <= '~'; }));
}

void check_extension(ByteView extension) {
    auto const found = parse_extension(extension);
    require(found.labels.size() <= max_extension_items);
    require(found.interfaces.size() <= max_extension_items);
    require(found.unknown.size() <= max_extension_items);
    for (auto const& info : found.interfaces)
        check_name(info.name);
    if (found.node) {
        require(found.node->address || found.node->name);
        check_name(found.node->name);
    }
    std::size_t kept = 0;
    for (auto const& object : found.unknown)
        kept += object.payload.bytes.size();
    for (auto const& object : found.unknown)
        require(parse<Octets>(to_text(object.payload)).value() == object.payload);
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
