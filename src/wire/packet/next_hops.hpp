#pragma once

#include "packet/netlink_message.hpp"

#include <dtrace/core/time.hpp>

#include <linux/if_ether.h>
#include <netinet/in.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>

namespace dtrace::wire {

/// Where a frame has to go: through which interface, and what it begins with.
struct NextHop {
    std::uint32_t interface = 0;
    ethhdr header{};
};

/// Which next hop packets take, remembered from the kernel's tables (any type with the questions of
/// KernelTables). The kernel finds neighbours and confirms them only for packets that it sends
/// itself: so now and then one packet is left to it.
template <class Tables>
class NextHops {
  public:
    explicit NextHops(Tables tables) : tables_(std::move(tables)) {}

    /// To be called before each batch of questions: heeds what has changed in the tables. What
    /// find() gave before is over.
    void refresh(TimePoint now) {
        if (routes_.size() >= most_routes) forget();
        if (now < refresh_at_) return;
        refresh_at_ = now + refresh_interval;
        auto const changes = tables_.changes();
        if (changes.routes)
            forget();
        else if (changes.neighbours)
            for (auto& [place, neighbour] : neighbours_)
                neighbour.look_at = now;
    }

    /// None: the kernel shall send this packet.
    [[nodiscard]] NextHop const* find(IpAddress const& destination, TimePoint now) {
        Neighbour* const neighbour = neighbour_of(destination, now);
        if (!neighbour) return nullptr;
        if (now < neighbour->look_at) return neighbour->known ? &neighbour->hop : nullptr;
        look(*neighbour, now);
        return nullptr;
    }

    [[nodiscard]] std::size_t size() const { return routes_.size(); }

    void forget() {
        routes_.clear();
        neighbours_.clear();
    }

    static constexpr std::size_t most_routes = 65'536;  ///< before a batch
    static constexpr Duration refresh_interval = milliseconds(10);
    /// A known neighbour is confirmed this often, an unknown one looked for.
    static constexpr Duration confirm_interval = seconds(1);
    static constexpr Duration search_interval = milliseconds(1);
    /// In case that a change was not told.
    static constexpr Duration route_lifetime = seconds(10);

  private:
    /// For packets of one family; its own may be the other one (RFC 8950).
    struct Neighbour {
        IpAddress address;
        NextHop hop{};
        bool known = false;
        TimePoint look_at;  ///< at the tables
    };
    struct Route {
        Neighbour* neighbour = nullptr;  ///< none: the kernel's business
        TimePoint until;
    };

    Neighbour* neighbour_of(IpAddress const& destination, TimePoint now) {
        auto const known = routes_.find(destination);
        if (known != routes_.end() && now < known->second.until) return known->second.neighbour;
        auto* const neighbour = ask_for_route(destination);
        routes_[destination] = {neighbour, now + route_lifetime};
        return neighbour;
    }

    Neighbour* ask_for_route(IpAddress const& destination) {
        // These belong to an interface that the tables are not asked for here.
        if (destination.is_v6() && destination.to_v6().is_link_local()) return nullptr;
        auto const route = tables_.route(destination);
        if (!route || !route->plain) return nullptr;
        IpAddress const address = route->gateway.value_or(destination);
        auto& neighbour = neighbours_[{route->interface, address, family_of(destination)}];
        neighbour.address = address;
        neighbour.hop.interface = route->interface;
        neighbour.hop.header.h_proto = htons(destination.is_v4() ? ETH_P_IP : ETH_P_IPV6);
        return &neighbour;
    }

    void look(Neighbour& neighbour, TimePoint now) {
        auto& [interface, header] = neighbour.hop;
        auto const answer = tables_.neighbour(interface, neighbour.address);
        auto const own = answer && answer->address ? tables_.own_address(interface) : std::nullopt;
        neighbour.known = own.has_value();
        if (neighbour.known) {
            std::ranges::copy(*answer->address, header.h_dest);
            std::ranges::copy(*own, header.h_source);
        }
        neighbour.look_at = now + (neighbour.known ? confirm_interval : search_interval);
    }

    Tables tables_;
    std::unordered_map<IpAddress, Route> routes_;
    /// By interface, address and family of the packets; they stay in place.
    std::map<std::tuple<std::uint32_t, IpAddress, Family>, Neighbour> neighbours_;
    TimePoint refresh_at_;
};

}  // namespace dtrace::wire
