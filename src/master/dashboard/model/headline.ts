// Pure: the state of the network in one sentence.
import type { Probe } from "../api/types";
import type { Culprit, Verdicts } from "../api/verdicts";
import type { Tally } from "./matrix";
import { count, interval, since } from "./text";

export interface Headline {
  trouble: boolean;
  /** There is nothing to tell the state from. */
  unknown?: boolean;
  text: string;
  detail: string;
}

function whyNoLink(verdicts: Verdicts | null, past: boolean): string {
  if (!verdicts) return "This master does not look for the link at fault.";
  if (past) return "No link was blamed then.";
  const summary = verdicts.now?.summary;
  return summary ? `${summary.replace(/\.$/, "")}.` : "No link can be blamed yet: more rounds will tell.";
}

const quiet_ms = 45_000;

/** Accused before, but by no verdict of the last while. */
export const isQuiet = ({ last_seen }: Culprit, verdicts: Verdicts | null): boolean =>
  verdicts?.now !== undefined && Date.parse(verdicts.now.at) - Date.parse(last_seen) > quiet_ms;

function accusation(open: Culprit[], isOver: boolean, probes: number): string {
  const loss = interval(open.reduce((a, b) => (b.loss.low > a.loss.low ? b : a)).loss);
  const earliest = Math.min(...open.map(({ first_seen }) => Date.parse(first_seen)));
  const witnesses = Math.max(...open.map((each) => each.probes));
  const one = open.length === 1;
  const are = isOver ? (one ? "was" : "were") : one ? "is" : "are";
  return `${count(open.length, "link")} ${are} losing ${one ? `${loss} of packets` : `packets, the worst ${loss}`}, since ${since(earliest)}` +
    `${isOver ? `, until ${since(Math.max(...open.map(({ last_seen }) => Date.parse(last_seen))))}` : ""}, seen by ${witnesses} of ${probes} probes`;
}

/** `verdicts` null: this master does not look for culprits. `past`: of an instant, about which
 * nothing else is known. */
export function headline(verdicts: Verdicts | null, { cells, unreached, lossy, sent, lost }: Tally, probes: Probe[], past = false): Headline {
  const online = probes.filter((probe) => probe.online).length;
  const away = probes.length - online;
  const absent = away && !past ? ` ${count(away, "probe is", "probes are")} offline.` : "";
  const open = verdicts?.culprits.filter((culprit) => culprit.open) ?? [];
  const pairs = count(cells, "pair");
  const cut = `${unreached} of ${pairs} of probe and target ${unreached === 1 ? "has" : "have"} no connection`;
  if (open.length) {
    const losing = open.filter((each) => !isQuiet(each, verdicts));
    // Another link may be accused already: it is named with its second verdict.
    const over = losing.length || verdicts?.now?.verdict === "culprit" ? "" : `The newest verdicts accuse ${open.length === 1 ? "it" : "them"} no more.`;
    return {
      trouble: true,
      text: accusation(losing.length ? losing : open, !losing.length, probes.length),
      detail: [over, unreached ? `${cut}.` : "", absent.trim()].filter(Boolean).join(" "),
    };
  }
  if (past && !cells) return { trouble: false, unknown: true, text: "Nothing is known of that time", detail: "No trace of it is kept." };
  if (!cells) {
    const waiting = online ? "no trace has come in yet" : "no probe is online";
    return { trouble: probes.length > 0 && !online, unknown: true, text: `Nothing is known: ${waiting}`, detail: "" };
  }
  if (unreached) return { trouble: true, text: cut, detail: absent.trim() };
  if (lossy)
    return {
      trouble: true,
      text: `${lossy} of ${pairs} of probe and target ${lossy === 1 ? "loses" : "lose"} packets`,
      detail: `${whyNoLink(verdicts, past)}${absent}`,
    };
  const clean = verdicts?.now?.verdict === "clean" ? ` ${verdicts.now.summary}.` : "";
  const bound = sent ? (lost ? "" : `, so less than ${((3 / sent) * 100).toPrecision(2)}\u00a0% is lost overall (95\u00a0%)`) : "";
  return {
    trouble: false,
    text: past ? "All clear: every target was reached"
      : `All clear: ${online} of ${count(probes.length, "probe")} ${online === 1 ? "reaches" : "reach"} every target`,
    detail: `${sent - lost} of ${sent} packets of the last rounds came back${bound}.${clean}${absent}`,
  };
}
