import type { Culprit } from "../api/verdicts";
import { count, interval, since } from "../model/text";
import { href } from "../router";
import { LossBar } from "./loss";

export function CulpritCard({ culprit }: { culprit: Culprit }) {
  return (
    <article class="card culprit">
      <h3>{culprit.from} → {culprit.to}</h3>
      {culprit.names.length > 0 && <p class="pale">{culprit.names.join(" → ")}</p>}
      <p><strong>loses {interval(culprit.loss)}</strong> of packets since {since(culprit.since)}</p>
      <LossBar loss={culprit.loss} estimate={culprit.loss.estimate} />
      <p>Witnesses: {culprit.probes.join(", ")}; {count(culprit.flows, "flow")}</p>
      <p class="remark">{culprit.explanation}</p>
      <p><a href={href("paths", { culprit: culprit.id, from: culprit.from, to: culprit.to })}>Show me</a></p>
    </article>
  );
}
