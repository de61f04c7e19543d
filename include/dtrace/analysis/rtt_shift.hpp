#pragma once

#include <dtrace/core/time.hpp>
#include <dtrace/model/event.hpp>
#include <dtrace/model/trace.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace dtrace::analysis {

/// Notices when packets take longer over a link, from the RTTs of all probes and flows (after
/// Fontugne et al., IMC 2017). A sample is what the far end takes longer than the near end. Of each
/// bin of time the median is compared with a reference that follows slowly; both have intervals by
/// Wilson's ranks, and only those that lie apart, by min_shift at least, are a shift, and only if
/// the hops behind the far end share it: a router that is merely slow to answer is none. Only
/// growth is told: a near end that became slow to answer looks the same as a link that became
/// quicker.
///
/// A state machine; bounded memory, and time is that of the traces.
class RttShift {
  public:
    struct Options {
        microseconds bin = std::chrono::minutes(5);
        std::size_t least_samples = 10;  ///< in a bin, which else becomes longer
        std::uint32_t learn = 3;         ///< bins that make the first reference
        std::uint32_t confirm = 2;       ///< bins in a row, either way
        std::uint32_t adopt = 12;        ///< bins after which a new level is the usual one
        double follow = 0.05;            ///< weight of a bin in the reference
        microseconds min_shift = milliseconds(1);
        std::size_t most_links = 10'000;
    };

    explicit RttShift(Options options);
    RttShift();
    RttShift(RttShift&&) noexcept;
    ~RttShift();

    /// Roughly in the order of time; what belongs to a bin that is over is left out. The events
    /// have no ids.
    [[nodiscard]] std::vector<Event> feed(Trace const& trace);

    /// Links that are remembered.
    [[nodiscard]] std::size_t links() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dtrace::analysis
