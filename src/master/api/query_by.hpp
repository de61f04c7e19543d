#pragma once

#include "api/route.hpp"

/// What several routes may be asked for in a query.
namespace dtrace::master::by {

/// A page and how to go on from it.
inline QueryParameter const limit{"limit", "at most so many", ParameterType::number};
inline QueryParameter const cursor{"cursor", "the next of the page before"};

inline QueryParameter const probe{"probe", "of the probe with this name"};
inline QueryParameter const measurement{"measurement", "of the measurement with this id or name"};
inline QueryParameter const at{"at", "as it was then", ParameterType::time};
inline QueryParameter const format{"format", "json, text, csv, or atlas (results of RIPE Atlas)"};

inline QueryParameter const tag{"tag", "that have this tag"};
inline QueryParameter const part_of_name{"q", "with this in the name"};
inline QueryParameter const origin{"origin", "file, api or local"};

}  // namespace dtrace::master::by
