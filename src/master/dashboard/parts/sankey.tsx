// The same graph as a Sankey diagram: the height of a band is its number of flows.
import { lazy, Suspense } from "preact/compat";
import type { Graph } from "../model/graph";

const Diagram = lazy(async () => (await import("./sankey_chart")).SankeyDiagram);

export function SankeyGraph({ graph }: { graph: Graph }) {
  return (
    <Suspense fallback={<p class="pale">Loading…</p>}>
      <Diagram graph={graph} />
    </Suspense>
  );
}
