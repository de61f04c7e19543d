#include "resources/handlers_addresses.hpp"

#include "api/query_parameters.hpp"
#include "resources/views_addresses.hpp"

#include <dtrace/json/write.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace dtrace::master {

namespace {

constexpr std::size_t most_addresses = 100;

/// `address`: one, or several with commas between them.
std::vector<IpAddress> read_addresses(QueryParameters& query) {
    std::vector<IpAddress> addresses;
    auto const text = query.text("address").value_or("");
    for (std::string_view rest = text; !rest.empty();) {
        auto const one = rest.substr(0, rest.find(','));
        rest.remove_prefix(std::min(rest.size(), one.size() + 1));
        auto const address = parse<IpAddress>(one);
        if (!address) query.refuse("address", "'" + std::string(one) + "': must be an IP address");
        if (addresses.size() == most_addresses) query.refuse("address", "must be 100 at most");
        if (query.fault()) return {};
        addresses.push_back(*address);
    }
    return addresses;
}

void add_view(std::vector<AddressDatabaseView>& views, AddressDatabaseKind kind,
              std::shared_ptr<address_info::AddressDatabase const> const& database) {
    if (!database) return;
    views.push_back({.kind = kind, .type = database->type(), .built_at = database->built_at()});
}

boost::asio::awaitable<http::Response> get_addresses(Api& api, http::Request const& request) {
    QueryParameters query(request.query, {"address"});
    auto const addresses = read_addresses(query);
    if (query.fault()) co_return *query.fault();
    AddressList list;
    for (auto const& address : addresses)
        list.addresses.push_back({.address = address, .info = api.addresses.find(address)});
    add_view(list.databases, AddressDatabaseKind::asn, api.addresses.asn);
    add_view(list.databases, AddressDatabaseKind::geo, api.addresses.geo);
    co_return http::json_response(json::write(list));
}

}  // namespace

std::vector<ApiRoute> address_rows() {
    ApiRoute row{http::Verb::get, "/api/v1/addresses", "the networks and places of addresses",
                 Access::viewer, get_addresses};
    return {
        std::move(row).asks({{"address", "these, with commas between them"}}).gives<AddressList>()};
}

}  // namespace dtrace::master
