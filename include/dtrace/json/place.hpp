#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dtrace::json {

/// Where a value stands in its document: a chain of steps on the stack, turned into text only for
/// a fault. A place refers to the one it was made from and to the names it was given.
class Place {
  public:
    /// The whole document, or the part of it that `path` names ("[3]").
    explicit Place(std::string_view path = {}) : name_(path) {}

    [[nodiscard]] Place member(std::string_view name) const { return {this, Step::member, name}; }
    [[nodiscard]] Place key(std::string_view key) const { return {this, Step::key, key}; }
    [[nodiscard]] Place element(std::size_t index) const {
        return {this, Step::element, {}, index};
    }

    /// `Targets[2].Port`; a key that is no plain name is quoted and shortened: `Targets["a b"]`.
    [[nodiscard]] std::string text() const;

  private:
    enum class Step { root, member, key, element };

    Place(Place const* parent, Step step, std::string_view name, std::size_t index = 0)
        : parent_(parent), name_(name), index_(index), step_(step) {}

    void append_to(std::string& text) const;

    Place const* parent_ = nullptr;
    std::string_view name_;
    std::size_t index_ = 0;
    Step step_ = Step::root;
};

}  // namespace dtrace::json
