#include "path_shape.hpp"

#include "address_bytes.hpp"
#include "rare_parts.hpp"

#include <sodium.h>

#include <algorithm>
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

// The content of a shape as bytes, for its hash: each field of fixed size or with its length.

void append(std::string& bytes, std::uint32_t number) {
    for (unsigned const shift : {24U, 16U, 8U, 0U})
        bytes += static_cast<char>(number >> shift & 0xFF);
}

void append(std::string& bytes, std::string_view text) {
    append(bytes, static_cast<std::uint32_t>(text.size()));
    bytes += text;
}

void append(std::string& bytes, std::vector<MplsLabel> const& labels) {
    append(bytes, static_cast<std::uint32_t>(labels.size()));
    for (MplsLabel const& label : labels) {
        append(bytes, label.label);
        bytes += static_cast<char>(label.traffic_class);
        bytes += label.bottom ? '+' : '-';
        bytes += static_cast<char>(label.ttl);
    }
}

template <class T>
void append(std::string& bytes, std::optional<T> const& value) {
    bytes += value ? '+' : '-';
    if (value) append(bytes, *value);
}

void append(std::string& bytes, Answer const& answer) {
    append(bytes, std::string_view(address_to_bytes(answer.from)));
    append(bytes, answer.name);
    std::string const rare = encode_rare_parts(answer);
    bytes += static_cast<char>(static_cast<unsigned>(answer.kind) | (rare.empty() ? 0U : 0x80U));
    bytes += static_cast<char>(answer.reply_ttl);
    append(bytes, answer.quoted_ttl);
    append(bytes, answer.icmp_code);
    append(bytes, answer.mtu);
    append(bytes, answer.labels);
    if (!rare.empty()) append(bytes, std::string_view(rare));
}

/// Puts a hop's different answers into the order of their bytes.
void sort(std::span<Answer const*> kinds, std::span<AnswerSample> samples) {
    struct Kind {
        std::string bytes;
        Answer const* answer;
        std::uint32_t before;
    };
    std::vector<Kind> sorted;
    for (std::uint32_t i = 0; i < kinds.size(); ++i) {
        append(sorted.emplace_back(Kind{{}, kinds[i], i}).bytes, *kinds[i]);
    }
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
            std::string bytes;
            append(bytes, answer);
            auto const [entry, is_new] = others_.try_emplace(std::move(bytes), next);
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
    std::string bytes;
    bytes.reserve(1024);
    append(bytes, std::uint32_t{path.flow});
    append(bytes, path.source_port);
    append(bytes, path.destination_port);
    append(bytes, path.icmp_checksum);
    bytes += path.reached ? '+' : '-';
    std::size_t next = 0;
    for (std::size_t i = 0; i < path.hops.size(); ++i) {
        bytes += static_cast<char>(path.hops[i].ttl);
        append(bytes, split.hops[i].kinds);
        for (std::uint32_t kind = 0; kind < split.hops[i].kinds; ++kind)
            append(bytes, *split.kinds[next++]);
    }
    bytes += encode_rare_parts(path);
    std::string hash(crypto_generichash_BYTES_MIN, '\0');
    crypto_generichash(reinterpret_cast<unsigned char*>(hash.data()), hash.size(),
                       reinterpret_cast<unsigned char const*>(bytes.data()), bytes.size(), nullptr,
                       0);
    return hash;
}

}  // namespace

SplitPath split(Path const& path) {
    SplitPath result{.path = &path};
    result.hops.reserve(path.hops.size());
    result.kinds.reserve(path.hops.size());
    for (Hop const& hop : path.hops)
        result.hops.push_back(split(hop, result));
    result.hash = hash_of(result);
    return result;
}

}  // namespace dtrace::store
