#include <dtrace/model/assignment.hpp>

#include <algorithm>

namespace dtrace {

Uuid once_trace_id(Uuid const& item, std::string_view probe) {
    constexpr std::size_t time_bytes = 6;
    auto id = make_uuid_from_name("once " + to_text(item) + ' ' + std::string(probe));
    std::copy_n(item.bytes.begin(), time_bytes, id.bytes.begin());
    id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0F) | 0x70);  // version 7
    return id;
}

}  // namespace dtrace
