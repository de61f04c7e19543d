#pragma once

#include <dtrace/address_info/address_book.hpp>
#include <dtrace/model/address_info.hpp>
#include <dtrace/model/trace.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <map>
#include <vector>

namespace dtrace::app {

/// The JSON of `trace -j --asn-db`: the Trace, and what is known of its addresses.
struct DescribedTrace : Trace {
    std::vector<DescribedAddress> addresses;
};
BOOST_DESCRIBE_STRUCT(DescribedTrace, (Trace), (addresses))

/// Those that something is known of, each once, in order.
[[nodiscard]] std::vector<DescribedAddress> describe_addresses(
    Trace const& trace, address_info::AddressBook const& addresses);

[[nodiscard]] std::map<IpAddress, std::uint32_t> network_numbers(
    std::vector<DescribedAddress> const& addresses);

}  // namespace dtrace::app
