import type { Culprit, Witness } from "../api/verdicts";
import { accusedText, linkEnds, namedEnds, placeText } from "../model/places";
import { count, duration, interval, linkText, percent, since } from "../model/text";
import { href } from "../router";
import { LossBar, Spark } from "./loss";

function WitnessLine({ witness }: { witness: Witness }) {
  const { probe, target, flows, sent, answered, elsewhere_sent, elsewhere_answered, counted } = witness;
  return (
    <li>
      {probe} to {target}: {count(flows, "flow")} over it, {sent - answered} of {sent} packets lost{counted && ", as the target counted them"}
      {elsewhere_sent > 0 && `; beside it ${elsewhere_sent - elsewhere_answered} of ${elsewhere_sent}`}
    </li>
  );
}

/** The loss since the link was first accused. */
function Course({ culprit: { course = [], loss } }: { culprit: Culprit }) {
  const [first, last] = [course[0], course.at(-1)];
  if (!first || !last || course.length < 2) return null;
  const took = duration((Date.parse(last.at) - Date.parse(first.at)) / 1000);
  return (
    <div class="course">
      <Spark course={course} label={`Loss over ${took}: first ${interval(first.loss)}, now ${interval(loss)}`} />
      <p class="remark ends">
        <span>{since(first.at)}</span><span>up to {percent(Math.max(...course.map((each) => each.loss.high)))}</span><span>{since(last.at)}</span>
      </p>
    </div>
  );
}

function linksTitle({ access, router }: Culprit): string {
  if (router) return `Into ${placeText(router)} and out of it, cannot be told apart`;
  return access === undefined ? "Cannot be told apart" : "Its links";
}

function wayText({ direction }: Culprit): string {
  return direction === "forward" ? "Lost on the way there, not on the way back." : "Lost on the way there or on the way back: not told apart.";
}

/** `isOver`: the newest verdicts do not accuse it. */
export function CulpritCard({ culprit, isOver }: { culprit: Culprit; isOver: boolean }) {
  const ends = linkEnds(culprit.segment);
  const named = namedEnds(culprit);
  const probes = [...new Set(culprit.witnesses.map((each) => each.probe))];
  return (
    <article class="card culprit">
      <div class="words">
        <h3>{accusedText(culprit)}</h3>
        {named.from + named.to !== ends.from + ends.to && <p class="address pale">{linkText(ends.from, ends.to)}</p>}
        <p>
          <strong>{isOver ? "lost" : "loses"} {interval(culprit.loss)}</strong> of packets ({percent(culprit.loss.estimate)}), since {since(culprit.first_seen)}
          {culprit.closed_at ? `, until ${since(culprit.closed_at)}` : `, last seen ${since(culprit.last_seen)}`}
        </p>
        <p>Seen by {count(culprit.probes, "probe")} ({probes.join(", ")}) with {count(culprit.flows, "flow")}. {wayText(culprit)}</p>
        <p class="remark">{culprit.reason}</p>
      </div>
      <div class="figures">
        <LossBar loss={culprit.loss} estimate={culprit.loss.estimate} />
        <p class="remark ends"><span>0 %</span><span>100 %</span></p>
        <Course culprit={culprit} />
      </div>
      <details>
        <summary>Witnesses, and what would change our mind</summary>
        <ul>{culprit.witnesses.slice(0, 6).map((each, i) => <WitnessLine key={i} witness={each} />)}</ul>
        {culprit.links.length > 1 && <p>{linksTitle(culprit)}: {culprit.links.map(linkEnds).map((each) => linkText(each.from, each.to)).join(", ")}.</p>}
        {culprit.alternatives.length > 0 && <p>Less likely: {culprit.alternatives.map(linkEnds).map((each) => linkText(each.from, each.to)).join(", ")}.</p>}
        <p>What would speak against it: {culprit.change_our_mind}</p>
      </details>
      <p class="act"><a class="button" href={href("paths", { culprit: culprit.id })}>Show me</a></p>
    </article>
  );
}
