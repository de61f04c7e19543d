#pragma once

#include <dtrace/core/ip.hpp>

#include <cstddef>
#include <map>
#include <utility>

namespace dtrace::http {

/// How many bytes of request bodies a server holds, from their first byte until they are answered,
/// in all and by source (an IPv4 address, an IPv6 /64). Counted is what has come, so that nobody
/// takes room by announcing. Pure.
class BodyBudget {
  public:
    BodyBudget(std::size_t most, std::size_t most_of_source)
        : most_(most), most_of_source_(most_of_source) {}

    [[nodiscard]] std::size_t held() const { return held_; }
    [[nodiscard]] std::size_t most_of_source() const { return most_of_source_; }
    [[nodiscard]] bool has_room(IpAddress const& source, std::size_t bytes) const;

    /// What one request takes of it, until it goes out of scope.
    class Share {
      public:
        Share() = default;
        Share(BodyBudget& budget, IpAddress const& source) : budget_(&budget), source_(source) {}
        Share(Share&& other) noexcept { swap(other); }
        Share& operator=(Share&& other) noexcept {
            swap(other);
            return *this;
        }
        ~Share() {
            if (budget_) budget_->replace(source_, bytes_, 0);
        }

        /// False: there is no room for so much, and it stays as it was.
        [[nodiscard]] bool resize(std::size_t bytes);

      private:
        void swap(Share& other) noexcept {
            std::swap(budget_, other.budget_);
            std::swap(source_, other.source_);
            std::swap(bytes_, other.bytes_);
        }

        BodyBudget* budget_ = nullptr;
        IpAddress source_;
        std::size_t bytes_ = 0;
    };

  private:
    void replace(IpAddress const& source, std::size_t bytes, std::size_t by);

    std::size_t most_;
    std::size_t most_of_source_;
    std::size_t held_ = 0;
    std::map<IpAddress, std::size_t> by_source_;
};

}  // namespace dtrace::http
