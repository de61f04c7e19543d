#include "process/notify.hpp"

#include "temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <string>

using namespace dtrace;
using namespace dtrace::app;

namespace {

/// The service manager's end.
class Manager {
  public:
    explicit Manager(std::string const& path) : socket_(::socket(AF_UNIX, SOCK_DGRAM, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, path.data(), path.size());
        auto const length = offsetof(sockaddr_un, sun_path) + path.size();
        if (path.front() == '@') address.sun_path[0] = '\0';
        BOOST_REQUIRE(::bind(socket_, reinterpret_cast<sockaddr const*>(&address),
                             static_cast<socklen_t>(length)) == 0);
    }
    ~Manager() { ::close(socket_); }

    [[nodiscard]] std::string heard() const {
        std::array<char, 256> text{};
        auto const size = ::recv(socket_, text.data(), text.size(), MSG_DONTWAIT);
        return size < 0 ? "" : std::string(text.data(), static_cast<std::size_t>(size));
    }

  private:
    int socket_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(notify)

BOOST_AUTO_TEST_CASE(states_reach_the_manager) {
    test::TempDir folder;
    auto const path = (folder.path() / "notify").string();
    Manager const manager(path);
    Notifier const notifier({{"NOTIFY_SOCKET", path}});
    notifier.ready();
    BOOST_TEST(manager.heard() == "READY=1");
    notifier.alive();
    BOOST_TEST(manager.heard() == "WATCHDOG=1");
    notifier.reloading();
    BOOST_TEST(manager.heard().find("RELOADING=1\nMONOTONIC_USEC=") == 0U);
    notifier.stopping();
    BOOST_TEST(manager.heard() == "STOPPING=1");
}

BOOST_AUTO_TEST_CASE(abstract_addresses_work) {
    auto const path = "@dtrace-notify-test-" + std::to_string(::getpid());
    Manager const manager(path);
    Notifier({{"NOTIFY_SOCKET", path}}).ready();
    BOOST_TEST(manager.heard() == "READY=1");
}

BOOST_AUTO_TEST_CASE(the_watchdog_hears_from_us_in_time) {
    auto const period = [](Environment environment) {
        environment["NOTIFY_SOCKET"] = "/nowhere";
        return Notifier(environment).watchdog_period();
    };
    BOOST_TEST((period({}) == std::nullopt));
    BOOST_TEST((period({{"WATCHDOG_USEC", "30000000"}}) == seconds(10)));
    BOOST_TEST((period({{"WATCHDOG_USEC", "x"}}) == std::nullopt));
    BOOST_TEST((period({{"WATCHDOG_USEC", "30000000"}, {"WATCHDOG_PID", "1"}}) == std::nullopt));
    BOOST_TEST((period({{"WATCHDOG_USEC", "30000000"},
                        {"WATCHDOG_PID", std::to_string(::getpid())}}) == seconds(10)));
}

BOOST_AUTO_TEST_CASE(without_a_manager_nothing_happens) {
    Notifier const none({});
    none.ready();
    Notifier const odd({{"NOTIFY_SOCKET", "vsock:2:1234"}, {"WATCHDOG_USEC", "1000000"}});
    odd.alive();
    BOOST_TEST((odd.watchdog_period() == std::nullopt));
}

BOOST_AUTO_TEST_SUITE_END()
