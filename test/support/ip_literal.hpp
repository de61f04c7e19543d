#pragma once

#include <dtrace/core/ip.hpp>

namespace dtrace::test {

inline IpAddress ip(char const* text) {
    return parse<IpAddress>(text).value();
}

}  // namespace dtrace::test
