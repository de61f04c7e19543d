#pragma once

#include <dtrace/core/ip.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <variant>

namespace dtrace::http {

/// Whose room a body takes: the network that it comes from (an IPv4 address, an IPv6 /64), or who
/// is known to send it, as many may be behind one address.
using Sender = std::variant<IpAddress, std::string>;

/// How many bytes of request bodies a server holds, from their first byte until they are answered,
/// in all and by sender. Counted is what has come, so that nobody takes room by announcing. Pure.
class BodyBudget {
  public:
    BodyBudget(std::size_t most, std::size_t most_of_sender)
        : most_(most), most_of_sender_(most_of_sender) {}

    [[nodiscard]] std::size_t held() const { return held_; }
    [[nodiscard]] std::size_t most_of_sender() const { return most_of_sender_; }
    [[nodiscard]] bool has_room(Sender const& sender, std::size_t bytes) const;

    /// What one request takes of it, until it goes out of scope.
    class Share {
      public:
        Share() = default;
        Share(BodyBudget& budget, Sender sender) : budget_(&budget), sender_(std::move(sender)) {}
        Share(Share&& other) noexcept { swap(other); }
        Share& operator=(Share&& other) noexcept {
            swap(other);
            return *this;
        }
        ~Share() {
            if (budget_) budget_->replace(sender_, bytes_, 0);
        }

        /// False: there is no room for so much, and it stays as it was.
        [[nodiscard]] bool resize(std::size_t bytes);

      private:
        void swap(Share& other) noexcept {
            std::swap(budget_, other.budget_);
            std::swap(sender_, other.sender_);
            std::swap(bytes_, other.bytes_);
        }

        BodyBudget* budget_ = nullptr;
        Sender sender_;
        std::size_t bytes_ = 0;
    };

  private:
    void replace(Sender const& sender, std::size_t bytes, std::size_t by);

    std::size_t most_;
    std::size_t most_of_sender_;
    std::size_t held_ = 0;
    std::map<Sender, std::size_t> by_sender_;
};

}  // namespace dtrace::http
