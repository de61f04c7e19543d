// Pure: the state of the network in one sentence.
import type { Probe } from "../api/types";
import type { Verdicts } from "../api/verdicts";
import { type Cell, isLossy } from "./matrix";
import { count, interval, since } from "./text";

export interface Headline {
  trouble: boolean;
  text: string;
  detail: string;
}

/** `verdicts` undefined: this master does not look for culprits. */
export function headline(verdicts: Verdicts | undefined, cells: Cell[], probes: Probe[]): Headline {
  const online = probes.filter((probe) => probe.online).length;
  const away = probes.length - online;
  const packets = cells.reduce((sum, cell) => sum + cell.sent, 0);
  const absent = away ? ` ${count(away, "probe is", "probes are")} offline.` : "";
  const open = verdicts?.culprits.filter((culprit) => culprit.open) ?? [];
  const first = open[0];
  if (first) {
    const links = count(open.length, "link is", "links are");
    return {
      trouble: true,
      text: `${links} losing ${interval(first.loss)} of packets, since ${since(first.first_seen)}, seen by ${first.probes} of ${probes.length} probes`,
      detail: absent.trim(),
    };
  }
  if (!cells.length) {
    const waiting = online ? "no trace has come in yet" : "no probe is online";
    return { trouble: probes.length > 0 && !online, text: `Nothing is known: ${waiting}`, detail: "" };
  }
  const unreached = cells.filter((cell) => !cell.reached);
  if (unreached.length)
    return {
      trouble: true,
      text: `${unreached.length} of ${count(cells.length, "pair")} of probe and target ${unreached.length === 1 ? "has" : "have"} no connection`,
      detail: absent.trim(),
    };
  const lossy = cells.filter(isLossy);
  if (lossy.length)
    return {
      trouble: true,
      text: `${lossy.length} of ${count(cells.length, "pair")} of probe and target ${lossy.length === 1 ? "loses" : "lose"} packets`,
      detail: `${verdicts ? (verdicts.now?.summary ?? "No link can be blamed yet: more rounds will tell.") : "This master does not look for the link at fault."}${absent}`,
    };
  const lost = cells.reduce((sum, cell) => sum + cell.lost, 0);
  const clean = verdicts?.now?.verdict === "clean" ? ` ${verdicts.now.summary}.` : "";
  const bound = packets ? (lost ? "" : `, so less than ${((3 / packets) * 100).toPrecision(2)} % is lost overall (95 %)`) : "";
  return {
    trouble: false,
    text: `All clear: ${online} of ${count(probes.length, "probe")} ${online === 1 ? "reaches" : "reach"} every target`,
    detail: `${packets - lost} of ${packets} packets of the last rounds came back${bound}.${clean}${absent}`,
  };
}
