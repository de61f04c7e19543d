#pragma once

#include <dtrace/core/ip.hpp>
#include <dtrace/core/time.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dtrace::master {

/// How a probe showed itself: who asked, from where, with which program.
struct Sighting {
    IpAddress address;
    std::string_view user_agent;
    TimePoint now;
    Timestamp wall_clock;
};

/// When and where each probe was seen since the master started. Pure.
class ProbeActivity {
  public:
    struct Activity {
        Timestamp last_seen;
        TimePoint seen;
        IpAddress address;
        std::string version;  ///< empty: not a program of ours
        Duration wait = seconds(30);
        std::uint64_t traces = 0;  ///< taken from it
        std::optional<Timestamp> last_report;
        std::uint32_t polls = 0;  ///< long polls that wait now
        bool has_polled = false;  ///< ever: not all clients wait for a change
    };

    using Seen = std::shared_ptr<Activity>;

    /// A long poll that waits; ends with its scope.
    class Poll {
      public:
        explicit Poll(Seen activity) : activity_(std::move(activity)) {
            ++activity_->polls;
            activity_->has_polled = true;
        }
        Poll(Poll const&) = delete;
        Poll& operator=(Poll const&) = delete;
        ~Poll() { --activity_->polls; }

      private:
        Seen activity_;
    };

    Seen saw(std::string const& probe, Sighting const& sighting);

    /// All but those that there still are. Who holds one may go on with it.
    void keep(std::function<bool(std::string const&)> const& exists);

    /// None: not seen since the master started.
    [[nodiscard]] Activity const* find(std::string_view probe) const;

    /// Long polls that wait, of all probes.
    [[nodiscard]] std::size_t polls() const;

    /// In a long poll, or seen within twice the time that it last wanted to wait in one.
    [[nodiscard]] bool is_online(std::string_view probe, TimePoint now) const;

    /// In a long poll; or online and not known to make any. False as soon as a probe is gone, but
    /// also between two polls.
    [[nodiscard]] bool is_there(std::string_view probe, TimePoint now) const;

  private:
    std::map<std::string, Seen, std::less<>> probes_;
};

}  // namespace dtrace::master
