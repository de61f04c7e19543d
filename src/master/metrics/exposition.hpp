#pragma once

#include <dtrace/core/histogram.hpp>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace dtrace::master {

enum class MetricType : std::uint8_t { counter, gauge, histogram };

/// What a scraper reads: Prometheus' text format 0.0.4, or OpenMetrics 1.0.
enum class MetricFormat : std::uint8_t { prometheus, open_metrics };

/// By a scraper's Accept: OpenMetrics where it names that, and does not like text/plain better.
[[nodiscard]] MetricFormat metric_format(std::string_view accept);
[[nodiscard]] std::string_view content_type(MetricFormat format);

/// Writes figures. Pure.
class Exposition {
  public:
    explicit Exposition(MetricFormat format = MetricFormat::prometheus) : format_(format) {}

    using Label = std::pair<std::string_view, std::string_view>;  ///< name and value
    using Labels = std::initializer_list<Label>;

    /// Begins a metric, a counter's name ending with "_total": what follows, up to the next one,
    /// are its samples.
    void metric(std::string_view name, MetricType type, std::string_view help);

    void sample(Labels labels, double value);
    void sample(Labels labels, Histogram const& values);

    /// A metric with one sample and no labels.
    void counter(std::string_view name, std::string_view help, double value);
    void gauge(std::string_view name, std::string_view help, double value);

    [[nodiscard]] std::string take() &&;

  private:
    void line(std::string_view ending, Labels labels, Label extra, double value);

    MetricFormat format_;
    std::string text_;
    std::string name_;  ///< of the metric that was begun
};

}  // namespace dtrace::master
