#pragma once

#include "alerts/alert_status.hpp"

#include <boost/describe/class.hpp>

#include <string>
#include <vector>

namespace dtrace::master {

// The members below are JSON of the API, name by name (docs/api.md).

struct AlertReceiverList {
    std::vector<AlertReceiverStatus> receivers;
};
BOOST_DESCRIBE_STRUCT(AlertReceiverList, (), (receivers))

struct AlertTestInput {
    std::string receiver;
};
BOOST_DESCRIBE_STRUCT(AlertTestInput, (), (receiver))

struct AlertTestResult {
    std::string receiver;
    unsigned status = 0;  ///< what it answered
};
BOOST_DESCRIBE_STRUCT(AlertTestResult, (), (receiver, status))

}  // namespace dtrace::master
