#include "raw/raw_receiver.hpp"

#include <dtrace/wire/request_listener.hpp>

#include <utility>

namespace dtrace::wire {

namespace {

class RawListener final : public RequestListener {
  public:
    explicit RawListener(std::unique_ptr<RawReceiver> receiver) : receiver_(std::move(receiver)) {}

    boost::asio::awaitable<Result<Arrivals>> receive() override { return receiver_->receive(); }
    Result<Arrivals> look() override { return receiver_->look(); }

  private:
    std::unique_ptr<RawReceiver> receiver_;
};

}  // namespace

Result<std::unique_ptr<RequestListener>> open_request_listener(
    boost::asio::any_io_executor executor, PortRange ports, Logger& log) {
    RawWireOptions options;
    options.ports = ports;
    auto receiver = RawReceiver::open(std::move(executor), Hears::requests, options, log);
    if (!receiver) return receiver.error();
    return std::unique_ptr<RequestListener>(std::make_unique<RawListener>(std::move(*receiver)));
}

}  // namespace dtrace::wire
