#pragma once

#include <dtrace/core/enum_text.hpp>
#include <dtrace/core/time.hpp>
#include <dtrace/model/address_info.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dtrace::master {

// The members below are JSON of the API, name by name (docs/api.md).

enum class AddressDatabaseKind : std::uint8_t { asn, geo };
BOOST_DESCRIBE_ENUM(AddressDatabaseKind, asn, geo)

/// A file that is in force.
struct AddressDatabaseView {
    AddressDatabaseKind kind = AddressDatabaseKind::asn;
    std::string type;  ///< as its maker calls it
    std::optional<Timestamp> built_at;
};
BOOST_DESCRIBE_STRUCT(AddressDatabaseView, (), (kind, type, built_at))

struct AddressList {
    std::vector<DescribedAddress> addresses;
    std::vector<AddressDatabaseView> databases;
};
BOOST_DESCRIBE_STRUCT(AddressList, (), (addresses, databases))

}  // namespace dtrace::master
