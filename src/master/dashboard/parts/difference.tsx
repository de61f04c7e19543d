// Two instants compared: the links that only one of them has.
import { type Difference, type Graph, linkName } from "../model/graph";
import { count } from "../model/text";

export function DifferenceView({ graph, difference: { added, removed, kept } }: { graph: Graph; difference: Difference }) {
  if (!removed.size && !kept) return <p class="card" role="region" aria-label="Difference">No trace of B is kept: choose another instant.</p>;
  const names = (ids: Set<string>): string[] => [...ids].map((id) => linkName(graph, graph.links.get(id)!)).sort();
  return (
    <section class="card" aria-label="Difference">
      <h3>{added.size || removed.size ? "A against B" : "A and B show the same links"}</h3>
      {added.size + removed.size > 0 && <ul class="difference">
        {names(added).map((name) => <li key={name}><span class="new">only in A: {name}</span></li>)}
        {names(removed).map((name) => <li key={name}>only in B: <span class="gone">{name}</span></li>)}
      </ul>}
      <p class="remark">{count(kept, "link")} in both.</p>
    </section>
  );
}
