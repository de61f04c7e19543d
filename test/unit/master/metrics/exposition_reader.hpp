#pragma once

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace dtrace::test {

/// Reads Prometheus' text format 0.0.4 to the last byte, and fails the test at what it does not
/// allow: a sample outside of its metric's block, one twice, a wrong name, label or number.
class ExpositionReader {
  public:
    using Labels = std::map<std::string, std::string>;

    explicit ExpositionReader(std::string_view text) : rest_(text) {
        BOOST_REQUIRE(text.ends_with('\n'));
        while (!rest_.empty())
            read_line();
        check_histograms();
    }

    [[nodiscard]] double value(std::string const& name, Labels const& labels = {}) const {
        auto const found = samples_.find({name, labels});
        BOOST_REQUIRE_MESSAGE(found != samples_.end(), name << " is not there");
        return found->second;
    }
    [[nodiscard]] bool has(std::string const& name, Labels const& labels = {}) const {
        return samples_.contains({name, labels});
    }
    /// Samples with this name.
    [[nodiscard]] std::size_t count(std::string const& name) const {
        return static_cast<std::size_t>(std::ranges::count_if(
            samples_, [&](auto const& sample) { return sample.first.first == name; }));
    }
    [[nodiscard]] std::map<std::string, std::string> const& types() const { return types_; }

  private:
    void read_line() {
        if (rest_.starts_with("# HELP ")) {
            take("# HELP ");
            name_ = take_name();
            take(" ");
            BOOST_TEST(!take_until('\n').empty(), name_);
            take("\n# TYPE ");
            take(name_);
            take(" ");
            auto const type = std::string(take_until('\n'));
            take("\n");
            BOOST_TEST(std::set<std::string>({"counter", "gauge", "histogram"}).contains(type));
            BOOST_TEST(types_.emplace(name_, type).second, name_ << " stands there twice");
            BOOST_TEST((type == "counter") == name_.ends_with("_total"), name_);
            return;
        }
        read_sample();
    }

    void read_sample() {
        auto const name = take_name();
        auto const ending = name.substr(std::min(name.size(), name_.size()));
        bool const of_histogram = ending == "_bucket" || ending == "_sum" || ending == "_count";
        BOOST_TEST(name.starts_with(name_), name);
        BOOST_TEST((types_[name_] == "histogram" ? of_histogram : ending.empty()), name);
        auto labels = rest_.starts_with('{') ? take_labels() : Labels();
        take(" ");
        auto const number = take_number();
        take("\n");
        auto const is_new = samples_.emplace(std::pair(name, std::move(labels)), number).second;
        BOOST_TEST(is_new, name << " has a sample twice");
    }

    Labels take_labels() {
        Labels labels;
        do {
            rest_.remove_prefix(1);  // { or ,
            auto const name = take_name();
            take("=\"");
            std::string value;
            while (!rest_.starts_with('"')) {
                BOOST_REQUIRE(!rest_.starts_with('\n'));
                value += take_character();
            }
            take("\"");
            BOOST_TEST(labels.emplace(name, value).second);
        } while (rest_.starts_with(','));
        take("}");
        return labels;
    }

    char take_character() {
        bool const escaped = rest_.starts_with('\\');
        if (escaped) rest_.remove_prefix(1);
        BOOST_REQUIRE(!rest_.empty());
        char const c = rest_.front();
        rest_.remove_prefix(1);
        if (escaped) BOOST_TEST((c == '\\' || c == '"' || c == 'n'));
        return escaped && c == 'n' ? '\n' : c;
    }

    double take_number() {
        auto const text = take_until('\n');
        if (text == "+Inf") return std::numeric_limits<double>::infinity();
        double value = 0;
        auto const [stop, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
        BOOST_TEST((failed == std::errc{} && stop == text.data() + text.size()), text);
        return value;
    }

    std::string take_name() {
        auto const is_part = [](char c) {
            return (c >= 'a' && c <= 'z') || c == '_' || (c >= '0' && c <= '9');
        };
        auto const end = std::ranges::find_if_not(rest_, is_part);
        std::string const name(rest_.begin(), end);
        BOOST_REQUIRE_MESSAGE(!name.empty(), rest_.substr(0, 80));
        rest_.remove_prefix(name.size());
        return name;
    }

    std::string_view take_until(char end) {
        auto const text = rest_.substr(0, rest_.find(end));
        rest_.remove_prefix(text.size());
        return text;
    }

    void take(std::string_view expected) {
        BOOST_REQUIRE_MESSAGE(rest_.starts_with(expected), rest_.substr(0, 80));
        rest_.remove_prefix(expected.size());
    }

    /// Buckets only grow, and the last one is the count.
    void check_histograms() const {
        std::map<std::pair<std::string, Labels>, std::map<double, double>> buckets;
        for (auto const& [key, number] : samples_) {
            auto [name, labels] = key;
            if (!name.ends_with("_bucket")) continue;
            auto const le = labels.extract("le").mapped();
            auto const bound =
                le == "+Inf" ? std::numeric_limits<double>::infinity() : std::stod(le);
            buckets[{name.substr(0, name.size() - 7), labels}][bound] = number;
        }
        for (auto const& [key, counts] : buckets) {
            double before = 0;
            for (auto const& [bound, number] : counts) {
                BOOST_TEST(number >= before);
                before = number;
            }
            BOOST_TEST(std::isinf(counts.rbegin()->first), key.first);
            BOOST_TEST(value(key.first + "_count", key.second) == before);
            BOOST_TEST(has(key.first + "_sum", key.second));
        }
    }

    std::string_view rest_;
    std::string name_;  ///< of the metric whose block this is
    std::map<std::string, std::string> types_;
    std::map<std::pair<std::string, Labels>, double> samples_;
};

}  // namespace dtrace::test
