#pragma once

#include <dtrace/core/uuid.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dtrace {

/// Why one trace of a report was not taken; a probe drops it and says so.
struct RefusedTrace {
    std::uint32_t index = 0;  ///< position in the report, from 0
    std::optional<Uuid> id;   ///< absent when it could not be read
    std::string reason;

    friend bool operator==(RefusedTrace const&, RefusedTrace const&) = default;
};
BOOST_DESCRIBE_STRUCT(RefusedTrace, (), (index, id, reason))

/// The master's answer to a report: what it holds, durably, from now on.
struct ReportReceipt {
    std::uint32_t accepted = 0;
    std::uint32_t known = 0;  ///< already held from an earlier report
    std::vector<RefusedTrace> refused;

    friend bool operator==(ReportReceipt const&, ReportReceipt const&) = default;
};
BOOST_DESCRIBE_STRUCT(ReportReceipt, (), (accepted, known, refused))

}  // namespace dtrace
