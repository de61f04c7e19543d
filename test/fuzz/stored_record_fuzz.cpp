#include "records/address_bytes.hpp"
#include "records/rollup_record.hpp"
#include "records/row_key.hpp"
#include "records/trace_record.hpp"
#include "require.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

using namespace dtrace;
using namespace dtrace::store;
using fuzz::require;

namespace {

/// A database that has some rows and lacks others, as a damaged one does.
class SomeRows : public Naming {
  public:
    std::optional<IpAddress> address_of(RowId id) override {
        if (id < 1 || id > 1'000) return std::nullopt;
        return parse<IpAddress>("192.0.2.1").value();
    }
    std::optional<std::string> text_of(RowId id) override {
        if (id < 1 || id > 1'000) return std::nullopt;
        return "r1.example.net";
    }
};

/// The columns of rows, one behind the other: the first byte of each is its length.
std::string_view next_column(std::string_view& bytes) {
    if (bytes.empty()) return {};
    std::size_t const size = static_cast<std::uint8_t>(bytes.front());
    bytes.remove_prefix(1);
    auto const column = bytes.substr(0, size);
    bytes.remove_prefix(column.size());
    return column;
}

/// What a record is taken for fits its paths, so that nobody reads beyond either.
void check_record(std::string_view record, Path shape, FirstTrace const& first) {
    auto const header = decode_header(record);
    if (!header) return;
    StoredPath const path{
        .shape = std::move(shape), .context = first.context, .took_us = first.took_us};
    std::vector<StoredPath const*> const paths(header->paths.size(), &path);
    auto samples = decode_samples(record, paths);
    if (!samples) return;
    require(samples->hops.size() == paths.size() * path.shape.hops.size());
    std::size_t answered = 0;
    for (auto const& hop : samples->hops)
        answered += hop.answered;
    require(answered == samples->answers.size());

    RollupRecord sum;
    sum.add(*samples, paths, header->paths);
    sum.leave_out_rare_paths(2);
    require(sum.paths.size() <= 2 && sum.rollup.traces == 1);

    Trace trace;
    join(*std::move(samples), paths, trace);
    require(trace.paths.size() == paths.size());
    for (auto const& joined : trace.paths)
        require(joined.hops.size() == path.shape.hops.size());
}

/// What was read can be added up and written, and then is the same.
void check_rollup(std::string_view record, std::string_view hops) {
    auto const read = read_rollup(record, hops);
    if (!read) return;
    auto const again = read_rollup(encode_rollup(*read), encode_hops(read->rollup.hops));
    require(again.has_value() && again->paths == read->paths);
    require(encode_rollup(*again) == encode_rollup(*read));
    auto sum = *read;
    sum.add(*again);
}

void check_names(std::string_view bytes) {
    Timestamp const started{microseconds(1'763'820'000'000'000)};
    if (auto const id = unpack_id(bytes, started))
        require(unpack_id(pack_id(*id, started), started) == *id);
    if (auto const address = address_from_bytes(bytes))
        require(address_from_bytes(address_to_bytes(*address)) == *address);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view bytes(reinterpret_cast<char const*>(data), size);
    std::array<std::string_view, 5> columns;
    std::ranges::generate(columns, [&] { return next_column(bytes); });
    auto const& [shape_bytes, first_bytes, record, rollup, hops] = columns;
    SomeRows rows;
    auto const first = decode_first_trace(first_bytes);
    if (auto shape = decode_shape(shape_bytes, first, rows))
        check_record(record, *std::move(shape), first);
    else
        check_record(record, {}, first);
    check_rollup(rollup, hops);
    check_names(record);
    return 0;
}
