#pragma once

#include <cstddef>
#include <utility>

namespace dtrace::http {

/// How many bytes of request bodies a server holds, from their first byte until they are answered.
/// Counted is what has come, so that nobody takes room by announcing. Pure.
class BodyBudget {
  public:
    explicit BodyBudget(std::size_t most) : most_(most) {}

    [[nodiscard]] std::size_t held() const { return held_; }
    [[nodiscard]] bool has_room(std::size_t bytes) const { return bytes <= most_ - held_; }

    /// What one request takes of it, until it goes out of scope.
    class Share {
      public:
        Share() = default;
        explicit Share(BodyBudget& budget) : budget_(&budget) {}
        Share(Share&& other) noexcept
            : budget_(std::exchange(other.budget_, nullptr)),
              bytes_(std::exchange(other.bytes_, 0)) {}
        Share& operator=(Share&& other) noexcept {
            std::swap(budget_, other.budget_);
            std::swap(bytes_, other.bytes_);
            return *this;
        }
        ~Share() {
            if (budget_) budget_->held_ -= bytes_;
        }

        /// False: there is no room for so much, and it stays as it was.
        [[nodiscard]] bool resize(std::size_t bytes) {
            if (bytes > bytes_ && !budget_->has_room(bytes - bytes_)) return false;
            budget_->held_ = budget_->held_ - bytes_ + bytes;
            bytes_ = bytes;
            return true;
        }

      private:
        BodyBudget* budget_ = nullptr;
        std::size_t bytes_ = 0;
    };

  private:
    std::size_t most_;
    std::size_t held_ = 0;
};

}  // namespace dtrace::http
