#include <dtrace/wire/interface.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <net/if.h>

#include <memory>
#include <vector>

namespace dtrace::wire {

namespace {

std::vector<std::string> interface_names() {
    std::unique_ptr<struct if_nameindex, decltype(&if_freenameindex)> const all(if_nameindex(),
                                                                                if_freenameindex);
    std::vector<std::string> names;
    for (auto const* each = all.get(); each && each->if_index != 0; ++each)
        names.emplace_back(each->if_name);
    return names;
}

}  // namespace

Result<InterfaceIndex> find_interface(std::string const& name) {
    if (InterfaceIndex const index = if_nametoindex(name.c_str())) return index;
    return make_error(boost::system::errc::no_such_device,
                      fmt::format("this host has no interface '{}', it has {}", name,
                                  fmt::join(interface_names(), ", ")));
}

}  // namespace dtrace::wire
