#pragma once

#include "timed_socket.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>

namespace dtrace::http {

/// Cancels a task (`total`) when the peer has gone while nobody reads: end of file or a reset. A
/// half-closed connection counts as gone. Requests sent ahead are not consumed; with such bytes
/// waiting, the look is taken once a second.
class PeerWatch : public std::enable_shared_from_this<PeerWatch> {
  public:
    /// `task` must outlive the time until stop().
    PeerWatch(std::shared_ptr<TimedSocket> connection, boost::asio::cancellation_signal& task);

    void start();
    void stop();

    /// Cancels the task as if the peer had gone; nothing after stop().
    void interrupt();

    [[nodiscard]] bool peer_left() const { return peer_left_; }

  private:
    void wait();
    void look();

    std::shared_ptr<TimedSocket> connection_;
    std::unique_ptr<boost::asio::steady_timer> timer_;  ///< for the next look; rarely needed
    boost::asio::cancellation_signal* task_;            ///< null: stopped
    bool peer_left_ = false;
};

}  // namespace dtrace::http
