import type { Culprit, Witness } from "../api/verdicts";
import { linkEnds } from "../model/places";
import { count, interval, linkText, percent, since } from "../model/text";
import { href } from "../router";
import { LossBar } from "./loss";

function WitnessLine({ witness }: { witness: Witness }) {
  const { probe, target, flows, sent, answered, elsewhere_sent, elsewhere_answered } = witness;
  return (
    <li>
      {probe} to {target}: {count(flows, "flow")} over it, {sent - answered} of {sent} packets lost
      {elsewhere_sent > 0 && `; beside it ${elsewhere_sent - elsewhere_answered} of ${elsewhere_sent}`}
    </li>
  );
}

export function CulpritCard({ culprit }: { culprit: Culprit }) {
  const ends = linkEnds(culprit.segment);
  const names = [...new Set(culprit.witnesses.map((each) => each.probe))];
  return (
    <article class="card culprit">
      <h3>{linkText(ends.from, ends.to)}</h3>
      <p>
        <strong>loses {interval(culprit.loss)}</strong> of packets ({percent(culprit.loss.estimate)}), since {since(culprit.first_seen)}
        {culprit.closed_at && `, until ${since(culprit.closed_at)}`}
      </p>
      <LossBar loss={culprit.loss} estimate={culprit.loss.estimate} />
      <p>Seen by {count(culprit.probes, "probe")} ({names.join(", ")}) with {count(culprit.flows, "flow")}.</p>
      <p class="remark">{culprit.reason}</p>
      <details>
        <summary>Witnesses, and what would speak against it</summary>
        <ul>{culprit.witnesses.slice(0, 6).map((each, i) => <WitnessLine key={i} witness={each} />)}</ul>
        {culprit.links.length > 1 && <p>Cannot be told apart: {culprit.links.map(linkEnds).map((each) => linkText(each.from, each.to)).join(", ")}.</p>}
        {culprit.alternatives.length > 0 && <p>Less likely: {culprit.alternatives.map(linkEnds).map((each) => linkText(each.from, each.to)).join(", ")}.</p>}
        <p>{culprit.change_our_mind}</p>
      </details>
      <p><a href={href("paths", { culprit: culprit.id, probe: names.length === 1 ? names[0] : undefined })}>Show me</a></p>
    </article>
  );
}
