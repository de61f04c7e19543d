// What speaks for and against a link: its own counts, and those of the culprit that it belongs to.
import type { Culprit } from "../api/verdicts";
import type { GraphLink } from "../model/graph";
import { count, interval, ms, percent } from "../model/text";
import { LossBar } from "./loss";

export function LinkEvidence({ link, name, probes }: { link: GraphLink; name: string; probes: string }) {
  const { sent, lost, loss, rtt_us } = link;
  return (
    <section class="card" aria-label="Evidence" aria-live="polite">
      <h3>{name}</h3>
      {loss ? (
        <>
          <p>Of {sent} packets over this link, {lost} got no answer from the end of their path: <strong>{interval(loss)}</strong> of
            the whole way is lost ({percent(lost / sent)} seen).</p>
          <LossBar loss={loss} estimate={lost / sent} passes={loss.low === 0} />
        </>
      ) : <p class="pale">Nothing answers behind this link: its loss is not known.</p>}
      <p>Crossed by {count(link.flows, "flow")}{probes}, {count(link.rounds, "time")}.
        {rtt_us && <> It adds {ms(rtt_us.median)} of RTT ({ms(rtt_us.p10)} to {ms(rtt_us.p90)}).</>}
        {link.labels.length > 0 && <> MPLS {link.labels.join(", ")}.</>}
        {link.spread && <> Packets of one flow take several ways here, so that who follows whom is a guess.</>}</p>
      <p class="remark">Loss anywhere on the way counts here, also on the way back. A link is at fault when flows that avoid it
        lose nothing.</p>
    </section>
  );
}

/** Every witness, with what it saw beside the link. */
export function CulpritEvidence({ culprit }: { culprit: Culprit }) {
  return (
    <section class="card culprit" aria-label="Evidence against the link">
      <h3>Why this link</h3>
      <p>{culprit.reason}</p>
      <div class="scroll" tabIndex={0} role="region" aria-label="Witnesses">
        <table class="plain">
          <thead><tr><th>Probe</th><th>Target</th><th class="number wide">Flows</th><th class="number">Lost over it</th><th class="number">Lost beside it</th></tr></thead>
          <tbody>
            {culprit.witnesses.map((each, i) => (
              <tr key={i}>
                <td>{each.probe}</td><td class="address">{each.target}</td><td class="number wide">{each.flows}</td>
                <td class="number">{each.sent - each.answered} of {each.sent}</td>
                <td class="number">{each.elsewhere_sent ? `${each.elsewhere_sent - each.elsewhere_answered} of ${each.elsewhere_sent}` : "–"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="remark">What would speak against it: {culprit.change_our_mind}</p>
    </section>
  );
}
