#pragma once

#include "alerts/alerts_file.hpp"

#include <dtrace/model/event.hpp>

#include <set>
#include <string>

namespace dtrace::master {

/// Whether a receiver wants to be told; `tags`: those of the event's probes and measurement. Pure.
///
/// A culprit is told of when its loss first reaches the minimum, be that when it is opened or when
/// it has grown, and it is closed for whom it was told to.
[[nodiscard]] bool wants(AlertFilter const& filter, Event const& event,
                         std::set<std::string> const& tags);

}  // namespace dtrace::master
