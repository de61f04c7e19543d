#pragma once

#include "alerts/alert_sender.hpp"
#include "config/config_state.hpp"

#include <dtrace/async/offload.hpp>
#include <dtrace/async/task_group.hpp>
#include <dtrace/async/wakeup.hpp>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace dtrace::master {

/// The receivers of alerts: those of the file, which is read again when it changes, and a sender
/// for each. A broken file is refused, and what was in force stays.
class Alerts {
  public:
    struct Options {
        std::filesystem::path file;  ///< empty: there are no alerts
        std::string public_url;
        Duration look_every = seconds(30);
        Duration between_groups = seconds(10);  ///< see AlertSender::Parts
        Duration stop_grace = seconds(5);
    };
    struct Parts {
        store::EventStore& events;
        async::WorkerPool& workers;
        Logger& log;
        std::function<std::set<std::string>(Event const&)> tags_of;
        /// Told the least losses that receivers want to hear of.
        std::function<void(std::vector<double>)> on_loss_marks;
    };

    Alerts(boost::asio::any_io_executor executor, Options options, Parts parts);

    /// At start. The error names the file, the place in it and the reason.
    [[nodiscard]] boost::asio::awaitable<Result<void>> load();

    /// After load(), until cancelled; what is on its way to a receiver then is waited for. Throws
    /// when a sender has ended by an exception: its receiver would be told of nothing any more.
    [[nodiscard]] boost::asio::awaitable<void> run();

    /// Have run() look at the file now. `report`: and say what was found even if nothing changed.
    void look_again(bool report);

    /// Events were kept.
    void wake();

    [[nodiscard]] std::vector<std::filesystem::path> files() const;
    /// Of the file; none: there is none to be read.
    [[nodiscard]] std::optional<ConfigFileState> state() const;
    [[nodiscard]] std::vector<AlertReceiverStatus> statuses() const;
    /// Null: there is no such receiver.
    [[nodiscard]] std::shared_ptr<AlertSender> find(std::string const& receiver) const;
    [[nodiscard]] std::string const& public_url() const { return options_.public_url; }

  private:
    [[nodiscard]] boost::asio::awaitable<Result<void>> look();
    [[nodiscard]] boost::asio::awaitable<Result<void>> put_in_force(
        std::vector<Receiver> receivers);
    [[nodiscard]] AlertSender::Parts sender_parts() const;
    void remove_senders_but(std::set<std::string> const& names);
    void refuse(ConfigFault fault);
    void start(std::shared_ptr<AlertSender> const& sender);

    boost::asio::any_io_executor executor_;
    Options options_;
    Parts parts_;
    async::Wakeup wakeup_;
    Uuid stamp_;
    ConfigFileState state_;
    std::map<std::string, std::shared_ptr<AlertSender>> senders_;
    async::TaskGroup tasks_;
    bool running_ = false;
};

}  // namespace dtrace::master
