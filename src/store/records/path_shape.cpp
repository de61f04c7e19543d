#include "records/path_shape.hpp"

#include "records/address_bytes.hpp"
#include "records/rare_parts.hpp"

#include <sodium.h>

#include <algorithm>
#include <concepts>
#include <numeric>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>

namespace dtrace::store {

namespace {

bool equal_but_for_rtt(Answer const& a, Answer const& b) {
    return a.from == b.from && a.kind == b.kind && a.reply_ttl == b.reply_ttl &&
           a.quoted_ttl == b.quoted_ttl && a.icmp_code == b.icmp_code && a.mtu == b.mtu &&
           a.name == b.name && a.labels == b.labels && have_equal_rare_parts(a, b);
}

/// The content of a shape as bytes, for its hash: each field of fixed size or with its length. This
/// is done for every path that comes in.
class ContentBytes {
  public:
    void byte(unsigned value) {
        make_room(1);
        bytes_[size_++] = static_cast<char>(value);
    }
    void number(std::uint32_t number) {
        make_room(4);
        for (unsigned const shift : {24U, 16U, 8U, 0U})
            bytes_[size_++] = static_cast<char>(number >> shift & 0xFF);
    }
    void text(std::string_view text) {
        number(static_cast<std::uint32_t>(text.size()));
        raw(text);
    }
    void raw(std::string_view bytes) {
        make_room(bytes.size());
        std::ranges::copy(bytes, bytes_.data() + size_);
        size_ += bytes.size();
    }
    template <class Optional>
    void optional(Optional const& value) {
        using T = typename Optional::value_type;
        byte(value ? '+' : '-');
        if (!value) return;
        if constexpr (std::integral<T>)
            number(*value);
        else if constexpr (std::same_as<T, std::string>)
            text(*value);
        else
            labels(*value);
    }
    void answer(Answer const& answer) {
        text(address_to_bytes(answer.from));
        optional(answer.name);
        bool const rare = has_rare_parts(answer);
        byte(static_cast<unsigned>(answer.kind) | (rare ? 0x80U : 0U));
        byte(answer.reply_ttl);
        optional(answer.quoted_ttl);
        optional(answer.icmp_code);
        optional(answer.mtu);
        optional(answer.labels);
        if (rare) text(encode_rare_parts(answer));
    }
    [[nodiscard]] std::string_view all() const { return std::string_view(bytes_).substr(0, size_); }

  private:
    void labels(std::vector<MplsLabel> const& labels) {
        number(static_cast<std::uint32_t>(labels.size()));
        for (MplsLabel const& label : labels) {
            number(label.label);
            byte(label.traffic_class);
            byte(label.bottom ? '+' : '-');
            byte(label.ttl);
        }
    }
    void make_room(std::size_t more) {
        if (size_ + more > bytes_.size()) bytes_.resize(std::max(2 * bytes_.size(), size_ + more));
    }

    std::string bytes_ = std::string(1024, '\0');
    std::size_t size_ = 0;
};

std::string content_of(Answer const& answer) {
    ContentBytes bytes;
    bytes.answer(answer);
    return std::string(bytes.all());
}

/// Puts a hop's different answers into the order of their bytes.
void sort(std::span<Answer const*> kinds, std::span<AnswerSample> samples) {
    struct Kind {
        std::string bytes;
        Answer const* answer;
        std::uint32_t before;
    };
    std::vector<Kind> sorted;
    for (std::uint32_t i = 0; i < kinds.size(); ++i)
        sorted.push_back({content_of(*kinds[i]), kinds[i], i});
    std::ranges::sort(sorted, {}, &Kind::bytes);
    std::vector<std::uint32_t> place(kinds.size());
    for (std::uint32_t i = 0; i < sorted.size(); ++i) {
        kinds[i] = sorted[i].answer;
        place[sorted[i].before] = i;
    }
    for (AnswerSample& sample : samples)
        sample.which = place[sample.which];
}

/// The different answers of a hop. Nearly all hops have one or two, which comparing finds fastest;
/// where there are many, the others are found by their bytes, so that a hop of thousands, which
/// only a probe that means harm reports, costs no more than its size.
class Kinds {
  public:
    /// Adds to `all`, from its present end on.
    explicit Kinds(std::vector<Answer const*>& all) : all_(all), begin_(all.size()) {}

    /// Its number, in the order of their first answers.
    std::uint32_t number_of(Answer const& answer) {
        auto const known = found().first(std::min(found().size(), compared));
        auto const same = std::ranges::find_if(
            known, [&](Answer const* kind) { return equal_but_for_rtt(*kind, answer); });
        if (same != known.end()) return static_cast<std::uint32_t>(same - known.begin());
        auto const next = static_cast<std::uint32_t>(found().size());
        if (next >= compared) {
            auto const [entry, is_new] = others_.try_emplace(content_of(answer), next);
            if (!is_new) return entry->second;
        }
        all_.push_back(&answer);
        return next;
    }

    [[nodiscard]] std::span<Answer const*> found() { return std::span(all_).subspan(begin_); }

  private:
    static constexpr std::size_t compared = 8;

    std::vector<Answer const*>& all_;
    std::size_t begin_;
    std::unordered_map<std::string, std::uint32_t> others_;  ///< those beyond `compared`
};

HopSample split(Hop const& hop, SplitPath& result) {
    Kinds kinds(result.kinds);
    auto const first_answer = result.answers.size();
    for (Answer const& answer : hop.answers)
        result.answers.push_back({kinds.number_of(answer), answer.rtt_us});
    auto const found = kinds.found();
    if (found.size() > 1) sort(found, std::span(result.answers).subspan(first_answer));
    return {.sent = hop.sent,
            .kinds = static_cast<std::uint32_t>(found.size()),
            .answered = static_cast<std::uint32_t>(hop.answers.size())};
}

std::string hash_of(SplitPath const& split) {
    Path const& path = *split.path;
    ContentBytes bytes;
    bytes.number(path.flow);
    bytes.optional(path.source_port);
    bytes.optional(path.destination_port);
    bytes.optional(path.icmp_checksum);
    bytes.byte(path.reached ? '+' : '-');
    std::size_t next = 0;
    for (std::size_t i = 0; i < path.hops.size(); ++i) {
        bytes.byte(path.hops[i].ttl);
        bytes.number(split.hops[i].kinds);
        for (std::uint32_t kind = 0; kind < split.hops[i].kinds; ++kind)
            bytes.answer(*split.kinds[next++]);
    }
    bytes.raw(encode_rare_parts(path));
    auto const content = bytes.all();
    std::string hash(crypto_generichash_BYTES_MIN, '\0');
    crypto_generichash(reinterpret_cast<unsigned char*>(hash.data()), hash.size(),
                       reinterpret_cast<unsigned char const*>(content.data()), content.size(),
                       nullptr, 0);
    return hash;
}

}  // namespace

SplitPath split(Path const& path) {
    SplitPath result{.path = &path};
    result.hops.reserve(path.hops.size());
    result.kinds.reserve(path.hops.size());
    std::size_t answers = 0;
    for (Hop const& hop : path.hops)
        answers += hop.answers.size();
    result.answers.reserve(answers);
    for (Hop const& hop : path.hops)
        result.hops.push_back(split(hop, result));
    result.hash = hash_of(result);
    return result;
}

}  // namespace dtrace::store
