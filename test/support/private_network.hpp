#pragma once

#include <boost/test/unit_test.hpp>

#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

namespace dtrace::test {

/// Moves this test program into a network namespace of its own, once and for good, where `lo` is
/// the only device, up, with the MTU of an Ethernet. Needs root, or unprivileged user namespaces;
/// without either the test fails.
class PrivateNetwork {
  public:
    PrivateNetwork() {
        static bool const entered = enter();
        BOOST_REQUIRE_MESSAGE(entered, "cannot make a network namespace: run the tests as root");
    }

  private:
    static bool enter() {
        int const flags = geteuid() == 0 ? CLONE_NEWNET : CLONE_NEWNET | CLONE_NEWUSER;
        if (unshare(flags) < 0) return false;
        int const control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        ifreq request{};
        std::string_view("lo").copy(request.ifr_name, IFNAMSIZ - 1);
        request.ifr_mtu = 1500;
        bool done = ioctl(control, SIOCSIFMTU, &request) == 0;
        request.ifr_flags = IFF_UP | IFF_RUNNING;
        done = done && ioctl(control, SIOCSIFFLAGS, &request) == 0;
        close(control);
        return done;
    }
};

}  // namespace dtrace::test
