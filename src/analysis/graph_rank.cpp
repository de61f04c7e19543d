#include "graph_rank.hpp"

#include <algorithm>
#include <cstddef>

namespace dtrace::analysis {

namespace {

class Walk {
  public:
    Walk(std::uint32_t nodes, std::vector<Arrow> const& arrows)
        : arrows_(arrows), leaving_(nodes), state_(nodes, State::unseen) {
        ranking_.rank.resize(nodes, 0);
        ranking_.back.resize(arrows.size(), false);
        std::vector<bool> entered(nodes, false);
        for (std::uint32_t i = 0; i < arrows.size(); ++i) {
            leaving_[arrows[i].from].push_back(i);
            entered[arrows[i].to] = true;
        }
        for (auto& list : leaving_)
            std::ranges::stable_sort(list, std::ranges::greater{},
                                     [&](auto i) { return arrows_[i].weight; });
        for (std::uint32_t node = 0; node < nodes; ++node)
            if (!entered[node]) go(node);
        for (std::uint32_t node = 0; node < nodes; ++node)
            go(node);
    }

    Ranking rank() && {
        // `ended_` backwards is a topological order of what does not lead back.
        for (auto node = ended_.rbegin(); node != ended_.rend(); ++node)
            for (auto const i : leaving_[*node])
                if (auto& far = ranking_.rank[arrows_[i].to]; !ranking_.back[i])
                    far = std::max(far, ranking_.rank[*node] + 1);
        return std::move(ranking_);
    }

  private:
    enum class State : std::uint8_t { unseen, open, ended };
    struct Step {
        std::uint32_t node;
        std::size_t next = 0;  ///< of the arrows that leave it
    };

    void go(std::uint32_t start) {
        if (state_[start] != State::unseen) return;
        std::vector<Step> open{{start}};
        state_[start] = State::open;
        while (!open.empty()) {
            auto& [node, next] = open.back();
            if (next == leaving_[node].size()) {
                state_[node] = State::ended;
                ended_.push_back(node);
                open.pop_back();
                continue;
            }
            auto const arrow = leaving_[node][next++];
            auto const far = arrows_[arrow].to;
            if (state_[far] == State::open) ranking_.back[arrow] = true;
            if (state_[far] != State::unseen) continue;
            state_[far] = State::open;
            open.push_back({far});
        }
    }

    std::vector<Arrow> const& arrows_;
    std::vector<std::vector<std::uint32_t>> leaving_;
    std::vector<State> state_;
    std::vector<std::uint32_t> ended_;
    Ranking ranking_;
};

}  // namespace

Ranking rank_nodes(std::uint32_t nodes, std::vector<Arrow> const& arrows) {
    return Walk(nodes, arrows).rank();
}

}  // namespace dtrace::analysis
