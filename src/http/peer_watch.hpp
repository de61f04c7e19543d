#pragma once

#include "timed_socket.hpp"

#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <memory>

namespace dtrace::http {

/// Notices that the peer has gone while nobody reads: end of file or a reset. A half-closed
/// connection counts as gone. Requests sent ahead are not consumed; with such bytes waiting, the
/// look is taken once a second.
class PeerWatch : public std::enable_shared_from_this<PeerWatch> {
  public:
    /// `gone` is called at most once, and never after stop().
    PeerWatch(std::shared_ptr<TimedSocket> connection, std::function<void()> gone);

    void start();
    void stop();

  private:
    void wait();
    void look();

    std::shared_ptr<TimedSocket> connection_;
    boost::asio::steady_timer timer_;
    std::function<void()> gone_;  ///< empty: stopped
};

}  // namespace dtrace::http
