#include <dtrace/wire/privileges.hpp>
#include <dtrace/wire/unprivileged_wire.hpp>

#include <boost/system/error_category.hpp>

namespace dtrace::wire {

namespace {

struct Category final : boost::system::error_category {
    char const* name() const noexcept override { return "unprivileged wire"; }
    std::string message(int value) const override {
        switch (static_cast<UnprivilegedFault>(value)) {
            case UnprivilegedFault::unsupported:
                return "TCP needs raw sockets, and they need the capability CAP_NET_RAW: " +
                       net_raw_advice() + "; or use --method udp, which needs no privilege";
            case UnprivilegedFault::ping_forbidden:
                return "ICMP is not allowed to this user: allow its group with sysctl "
                       "net.ipv4.ping_group_range, or grant the capability CAP_NET_RAW: " +
                       net_raw_advice() + "; or use --method udp, which needs no privilege";
            case UnprivilegedFault::port_taken:
                break;
        }
        return "the flow's source port is taken by another program";
    }
};

}  // namespace

boost::system::error_code make_error_code(UnprivilegedFault fault) {
    static Category const category;
    return {static_cast<int>(fault), category};
}

}  // namespace dtrace::wire
