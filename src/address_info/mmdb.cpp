#include "mmdb.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <string_view>

namespace dtrace::address_info {

namespace {

constexpr std::size_t longest_text = 256;

Error damaged(int status) {
    return make_error(boost::system::errc::bad_message,
                      std::string("is no MMDB file, or a damaged one: ") + MMDB_strerror(status));
}

bool is_damaged(std::uint8_t record_type) {
    return record_type == MMDB_RECORD_TYPE_INVALID;
}

/// libmaxminddb itself would notice only when an address leads there.
int check_tree(MMDB_s const& database) {
    for (std::uint32_t number = 0; number < database.metadata.node_count; ++number) {
        MMDB_search_node_s node{};
        if (int const status = MMDB_read_node(&database, number, &node); status != MMDB_SUCCESS)
            return status;
        if (is_damaged(node.left_record_type) || is_damaged(node.right_record_type))
            return MMDB_CORRUPT_SEARCH_TREE_ERROR;
    }
    return MMDB_SUCCESS;
}

sockaddr_storage socket_address(IpAddress const& address) {
    sockaddr_storage storage{};
    if (address.is_v4()) {
        sockaddr_in v4{};
        v4.sin_family = AF_INET;
        v4.sin_addr.s_addr = htonl(address.to_v4().to_uint());
        std::memcpy(&storage, &v4, sizeof v4);
    } else {
        sockaddr_in6 v6{};
        v6.sin6_family = AF_INET6;
        auto const bytes = address.to_v6().to_bytes();
        std::memcpy(&v6.sin6_addr, bytes.data(), bytes.size());
        std::memcpy(&storage, &v6, sizeof v6);
    }
    return storage;
}

std::optional<MMDB_entry_data_s> value_at(MMDB_entry_s entry, MemberPath path) {
    std::array<char const*, 5> names{};  // the last one stays null and ends the path
    std::copy_n(path.begin(), std::min(path.size(), names.size() - 1), names.begin());
    MMDB_entry_data_s data{};
    if (MMDB_aget_value(&entry, &data, names.data()) != MMDB_SUCCESS || !data.has_data)
        return std::nullopt;
    return data;
}

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

}  // namespace

Result<Mmdb> open_mmdb(std::string const& path) {
    auto opened = std::make_unique<MMDB_s>();
    if (int const status = MMDB_open(path.c_str(), MMDB_MODE_MMAP, opened.get());
        status != MMDB_SUCCESS)
        return damaged(status);
    Mmdb database(opened.release());
    if (int const status = check_tree(*database); status != MMDB_SUCCESS) return damaged(status);
    return database;
}

std::optional<MMDB_entry_s> find_entry(MMDB_s const& database, IpAddress const& address) {
    auto const storage = socket_address(address);
    int status = MMDB_SUCCESS;
    auto const found =
        MMDB_lookup_sockaddr(&database, std::bit_cast<sockaddr const*>(&storage), &status);
    if (status != MMDB_SUCCESS || !found.found_entry) return std::nullopt;
    return found.entry;
}

std::optional<std::uint64_t> number_at(MMDB_entry_s entry, MemberPath path) {
    auto const value = value_at(entry, path);
    if (!value) return std::nullopt;
    switch (value->type) {
        case MMDB_DATA_TYPE_UINT16:
            return value->uint16;
        case MMDB_DATA_TYPE_UINT32:
            return value->uint32;
        case MMDB_DATA_TYPE_UINT64:
            return value->uint64;
        case MMDB_DATA_TYPE_INT32:
            if (value->int32 >= 0) return static_cast<std::uint64_t>(value->int32);
            return std::nullopt;
        default:
            return std::nullopt;
    }
}

std::optional<double> real_at(MMDB_entry_s entry, MemberPath path) {
    auto const value = value_at(entry, path);
    if (value && value->type == MMDB_DATA_TYPE_DOUBLE) return value->double_value;
    if (value && value->type == MMDB_DATA_TYPE_FLOAT)
        return static_cast<double>(value->float_value);
    return std::nullopt;
}

std::optional<std::string> text_at(MMDB_entry_s entry, MemberPath path) {
    auto const value = value_at(entry, path);
    if (!value || value->type != MMDB_DATA_TYPE_UTF8_STRING) return std::nullopt;
    if (value->data_size == 0 || value->data_size > longest_text) return std::nullopt;
    std::string text(value->utf8_string, value->data_size);
    if (std::ranges::any_of(text, is_control)) return std::nullopt;
    return text;
}

}  // namespace dtrace::address_info
