#include "change.hpp"

#include <boost/describe/members.hpp>
#include <boost/mp11/algorithm.hpp>

namespace dtrace::sim {
namespace {

template <class T>
bool is_given(std::optional<T> const& member) {
    return member.has_value();
}
template <class Container>
bool is_given(Container const& member) {
    return !member.empty();
}

template <class T>
void merge(T const& change, T& into) {
    using Members = boost::describe::describe_members<T, boost::describe::mod_public>;
    boost::mp11::mp_for_each<Members>([&](auto member) {
        if (is_given(change.*member.pointer)) into.*member.pointer = change.*member.pointer;
    });
}

}  // namespace

std::vector<Link> single_links(std::vector<Link> const& links) {
    std::vector<Link> single;
    for (Link const& link : links)
        for (std::size_t i = 0; i + 1 < link.nodes.size(); ++i) {
            single.push_back(link);
            single.back().nodes = {link.nodes[i], link.nodes[i + 1]};
        }
    return single;
}

bool means(Link const& change, Link const& link) {
    return change.nodes == link.nodes && (!change.name || change.name == link.name);
}

void apply(Event const& event, Topology& topology) {
    for (auto const& [name, change] : event.nodes)
        if (auto const node = topology.nodes.find(name); node != topology.nodes.end())
            merge(change, node->second);
    for (Link const& change : single_links(event.links))
        for (Link& link : topology.links)
            if (means(change, link)) merge(change, link);
}

}  // namespace dtrace::sim
