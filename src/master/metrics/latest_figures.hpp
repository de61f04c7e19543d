#pragma once

#include "resources/views_matrix.hpp"

#include <dtrace/core/time.hpp>
#include <dtrace/core/uuid.hpp>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dtrace::master {

/// The newest rounds in few bytes, so that the one thread is not held up. Pure.
class LatestFigures {
  public:
    struct Row {
        std::size_t probe;  ///< its place in probes()
        std::size_t measurement;
        Timestamp started_at;
        bool reached = false;
        std::optional<double> loss;  ///< of the newest round
        std::optional<std::uint32_t> rtt_us;
    };
    struct Named {
        std::string id;
        std::string name;
    };

    /// `measurements`: names by id, of those to be shown. `most` rows; further ones are counted.
    LatestFigures(std::map<Uuid, std::string> const& measurements, std::size_t most);

    /// Cells by probe, as LatestRounds gives them.
    void add(std::vector<MatrixCell> const& cells);

    [[nodiscard]] std::vector<Row> const& rows() const { return rows_; }
    [[nodiscard]] std::string const& probe(Row const& row) const { return probes_[row.probe]; }
    [[nodiscard]] Named const& measurement(Row const& row) const {
        return measurements_[row.measurement];
    }
    [[nodiscard]] std::size_t left_out() const { return left_out_; }

  private:
    std::size_t most_;
    std::size_t left_out_ = 0;
    std::vector<std::string> probes_;
    std::vector<Named> measurements_;
    std::map<Uuid, std::size_t> places_;  ///< of measurements
    std::vector<Row> rows_;
};

}  // namespace dtrace::master
