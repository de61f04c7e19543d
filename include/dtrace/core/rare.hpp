#pragma once

#include <concepts>
#include <memory>
#include <optional>
#include <utility>

namespace dtrace {

/// A std::optional for what is nearly always absent: that takes a pointer's room, and what is there
/// an allocation.
template <class T>
class Rare {
  public:
    using value_type = T;

    Rare() = default;
    Rare(std::nullopt_t) {}
    template <class U = T>
    requires(std::convertible_to<U, T>) Rare(U&& value)
        : value_(std::make_unique<T>(std::forward<U>(value))) {}
    Rare(std::optional<T> const& value) : value_(value ? std::make_unique<T>(*value) : nullptr) {}
    Rare(Rare const& other) : value_(other ? std::make_unique<T>(*other) : nullptr) {}
    Rare(Rare&&) noexcept = default;
    Rare& operator=(Rare const& other) { return *this = Rare(other); }
    Rare& operator=(Rare&&) noexcept = default;
    template <class U = T>
    requires(std::convertible_to<U, T>) Rare& operator=(U&& value) {
        emplace(std::forward<U>(value));
        return *this;
    }
    ~Rare() = default;

    [[nodiscard]] bool has_value() const { return value_ != nullptr; }
    explicit operator bool() const { return has_value(); }

    T& operator*() { return *value_; }
    T const& operator*() const { return *value_; }
    T* operator->() { return value_.get(); }
    T const* operator->() const { return value_.get(); }

    [[nodiscard]] T const& value() const {
        if (!value_) throw std::bad_optional_access();
        return *value_;
    }
    [[nodiscard]] T value_or(T other) const { return value_ ? *value_ : std::move(other); }

    template <class... Arguments>
    T& emplace(Arguments&&... arguments) {
        value_ = std::make_unique<T>(std::forward<Arguments>(arguments)...);
        return *value_;
    }
    void reset() { value_.reset(); }

    friend bool operator==(Rare const& a, Rare const& b) {
        return a && b ? *a == *b : a.has_value() == b.has_value();
    }

  private:
    std::unique_ptr<T> value_;
};

}  // namespace dtrace
