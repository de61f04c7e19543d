#pragma once

#include <cstddef>

namespace dtrace::master {

/// Counts itself for as long as it lives: how many are at work, to say when they are too many.
class Counted {
  public:
    explicit Counted(std::size_t& count) : count_(count) { ++count_; }
    Counted(Counted const&) = delete;
    Counted& operator=(Counted const&) = delete;
    ~Counted() { --count_; }

  private:
    std::size_t& count_;
};

}  // namespace dtrace::master
