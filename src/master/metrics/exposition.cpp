#include "metrics/exposition.hpp"

#include <dtrace/http/field_list.hpp>

#include <fmt/format.h>

#include <cmath>
#include <iterator>

namespace dtrace::master {

namespace {

std::string_view name_of(MetricType type) {
    switch (type) {
        case MetricType::counter:
            return "counter";
        case MetricType::gauge:
            return "gauge";
        case MetricType::histogram:
            return "histogram";
    }
    return "untyped";
}

void append_label(std::string& text, Exposition::Label const& label) {
    text.append(label.first).append("=\"");
    for (char const c : label.second) {
        if (c == '\\' || c == '"') text += '\\';
        if (c == '\n')
            text += "\\n";
        else
            text += c;
    }
    text += '"';
}

/// The shortest that reads back as the same number.
void append_value(std::string& text, double value) {
    if (std::isfinite(value))
        fmt::format_to(std::back_inserter(text), "{}", value);
    else
        text += std::isnan(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
}

bool is_whole(std::string_view number) {
    return number.find_first_not_of("-0123456789") == std::string_view::npos;
}

}  // namespace

MetricFormat metric_format(std::string_view accept) {
    auto const open_metrics = http::weight_in(accept, "application/openmetrics-text");
    return open_metrics > 0 && open_metrics >= http::weight_in(accept, "text/plain")
               ? MetricFormat::open_metrics
               : MetricFormat::prometheus;
}

std::string_view content_type(MetricFormat format) {
    return format == MetricFormat::open_metrics
               ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
               : "text/plain; version=0.0.4; charset=utf-8";
}

/// OpenMetrics calls a family of counters by their name without its ending.
void Exposition::metric(std::string_view name, MetricType type, std::string_view help) {
    name_ = name;
    constexpr std::string_view ending = "_total";
    if (format_ == MetricFormat::open_metrics && type == MetricType::counter &&
        name.ends_with(ending))
        name.remove_suffix(ending.size());
    fmt::format_to(std::back_inserter(text_), "# HELP {0} {1}\n# TYPE {0} {2}\n", name, help,
                   name_of(type));
}

std::string Exposition::take() && {
    if (format_ == MetricFormat::open_metrics) text_ += "# EOF\n";
    return std::move(text_);
}

void Exposition::line(std::string_view ending, Labels labels, Label extra, double value) {
    text_.append(name_).append(ending);
    char before = '{';
    for (auto const& label : labels) {
        text_ += before;
        append_label(text_, label);
        before = ',';
    }
    if (!extra.first.empty()) {
        text_ += before;
        append_label(text_, extra);
        before = ',';
    }
    if (before == ',') text_ += '}';
    text_ += ' ';
    append_value(text_, value);
    text_ += '\n';
}

void Exposition::sample(Labels labels, double value) {
    line({}, labels, {}, value);
}

void Exposition::sample(Labels labels, Histogram const& values) {
    std::uint64_t up_to = 0;
    for (std::size_t i = 0; i < values.bounds().size(); ++i) {
        up_to += values.counts()[i];
        std::string bound;
        append_value(bound, values.bounds()[i]);
        if (format_ == MetricFormat::open_metrics && is_whole(bound)) bound += ".0";
        line("_bucket", labels, {"le", bound}, static_cast<double>(up_to));
    }
    up_to += values.counts().back();
    line("_bucket", labels, {"le", "+Inf"}, static_cast<double>(up_to));
    line("_sum", labels, {}, values.sum());
    line("_count", labels, {}, static_cast<double>(up_to));
}

void Exposition::counter(std::string_view name, std::string_view help, double value) {
    metric(name, MetricType::counter, help);
    sample({}, value);
}

void Exposition::gauge(std::string_view name, std::string_view help, double value) {
    metric(name, MetricType::gauge, help);
    sample({}, value);
}

}  // namespace dtrace::master
