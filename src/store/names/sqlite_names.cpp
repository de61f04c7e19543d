#include "names/sqlite_names.hpp"

#include "records/address_bytes.hpp"

#include <algorithm>

namespace dtrace::store {

namespace {

// What methods are in the database: their order is part of the format.
static_assert(static_cast<int>(Method::udp) == 0);
static_assert(static_cast<int>(Method::tcp) == 1);
static_assert(static_cast<int>(Method::icmp) == 2);
constexpr auto last_method = Method::icmp;

std::size_t more_than_usual(Answer const& answer) {
    std::size_t bytes = 0;
    if (answer.interfaces)
        for (InterfaceInfo const& info : *answer.interfaces)
            bytes += sizeof info + (info.name ? info.name->size() : 0);
    if (answer.node && answer.node->name) bytes += answer.node->name->size();
    if (answer.objects)
        for (ExtensionObject const& object : *answer.objects)
            bytes += sizeof object + object.payload.bytes.size();
    return bytes;
}

std::size_t size_of(Path const& path) {
    std::size_t bytes = sizeof path;
    for (Hop const& hop : path.hops) {
        bytes +=
            sizeof hop + (hop.tunnel_hints ? hop.tunnel_hints->size() : 0) * sizeof(TunnelHint);
        for (Answer const& answer : hop.answers)
            bytes += sizeof answer + (answer.name ? answer.name->size() : 0) +
                     (answer.labels ? answer.labels->size() * sizeof(MplsLabel) : 0) +
                     more_than_usual(answer);
    }
    return bytes;
}

}  // namespace

Names::Names(Database& database)
    : database_(database),
      find_address_(database.prepare("SELECT bytes FROM address WHERE id = ?")),
      find_text_(database.prepare("SELECT value FROM text WHERE id = ?")),
      find_series_(database.prepare("SELECT probe.name, measurement.uuid FROM series"
                                    " JOIN probe ON probe.id = series.probe"
                                    " JOIN measurement ON measurement.id = series.measurement"
                                    " WHERE series.id = ?")),
      find_context_(database.prepare("SELECT measurement_name, host, address, source, method"
                                     " FROM context WHERE id = ?")),
      find_path_(database.prepare("SELECT shape, first FROM path WHERE id = ?")) {}

std::optional<IpAddress> Names::address_of(RowId id) {
    if (auto const* known = addresses_.find(id)) return *known;
    std::optional<IpAddress> address;
    if (find_address_.bind(id).step()) address = address_from_bytes(find_address_.blob(0));
    find_address_.reset();
    if (address)
        addresses_.put(id, *address);
    else
        database_.fail_as_damaged("address " + std::to_string(id));
    return address;
}

std::optional<std::string> Names::text_of(RowId id) {
    if (auto const* known = texts_.find(id)) return *known;
    std::optional<std::string> text;
    if (find_text_.bind(id).step()) text = find_text_.text(0);
    find_text_.reset();
    if (text)
        texts_.put(id, *text, text->size());
    else
        database_.fail_as_damaged("text " + std::to_string(id));
    return text;
}

Names::Series Names::series(RowId id) {
    if (auto const* known = series_.find(id)) return *known;
    Series series;
    if (!find_series_.bind(id).step()) {
        database_.fail_as_damaged("series " + std::to_string(id));
        return series;
    }
    series.probe = find_series_.text(0);
    if (auto const bytes = find_series_.blob(1); bytes.size() == Uuid{}.bytes.size())
        std::ranges::copy(bytes,
                          reinterpret_cast<char*>(series.measurement.emplace().bytes.data()));
    find_series_.reset();
    auto const size = series.probe.size();
    return series_.put(id, std::move(series), size);
}

Names::Context Names::context(RowId id) {
    if (auto const* known = contexts_.find(id)) return *known;
    Context context;
    bool const found = find_context_.bind(id).step();
    RowId row[5] = {};
    for (int column = 0; found && column < 5; ++column)
        row[column] = find_context_.integer(column);
    find_context_.reset();
    if (!found || row[4] < 0 || row[4] > static_cast<RowId>(last_method)) {
        database_.fail_as_damaged("context " + std::to_string(id));
        return context;
    }
    if (row[0] != 0) context.measurement_name = text_of(row[0]);
    context.target.host = text_of(row[1]).value_or("");
    if (row[2] != 0) context.target.address = address_of(row[2]);
    if (row[3] != 0) context.source = address_of(row[3]);
    context.method = static_cast<Method>(row[4]);
    if (database_.failed()) return context;
    auto const size = context.target.host.size();
    return contexts_.put(id, std::move(context), size);
}

std::shared_ptr<StoredPath const> Names::path(RowId id) {
    if (auto const* known = paths_.find(id)) return *known;
    std::optional<Path> shape;
    FirstTrace first;
    if (find_path_.bind(id).step()) {
        first = decode_first_trace(find_path_.blob(1));
        shape = decode_shape(find_path_.blob(0), first, *this);
    }
    find_path_.reset();
    if (!shape) {
        database_.fail_as_damaged("path " + std::to_string(id));
        return nullptr;
    }
    auto const size = size_of(*shape);
    auto stored = std::make_shared<StoredPath const>(
        StoredPath{*std::move(shape), first.context, first.took_us});
    return paths_.put(id, std::move(stored), size);
}

}  // namespace dtrace::store
