#pragma once

#include <dtrace/core/histogram.hpp>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace dtrace::master {

enum class MetricType : std::uint8_t { counter, gauge, histogram };

/// Writes Prometheus' text format, version 0.0.4. Pure.
class Exposition {
  public:
    using Label = std::pair<std::string_view, std::string_view>;  ///< name and value
    using Labels = std::initializer_list<Label>;

    static constexpr std::string_view content_type = "text/plain; version=0.0.4; charset=utf-8";

    /// Begins a metric: what follows, up to the next one, are its samples.
    void metric(std::string_view name, MetricType type, std::string_view help);

    void sample(Labels labels, double value);
    void sample(Labels labels, Histogram const& values);

    /// A metric with one sample and no labels.
    void counter(std::string_view name, std::string_view help, double value);
    void gauge(std::string_view name, std::string_view help, double value);

    [[nodiscard]] std::string take() && { return std::move(text_); }

  private:
    void line(std::string_view ending, Labels labels, Label extra, double value);

    std::string text_;
    std::string name_;  ///< of the metric that was begun
};

}  // namespace dtrace::master
