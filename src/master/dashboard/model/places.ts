// Pure: places of the network as text, the way the master tells them.
import type { Culprit, EventLink, Link, Place } from "../api/verdicts";
import type { GraphNode } from "./graph";
import { stemOf } from "./routers";
import { linkText } from "./text";

export function placeText(place: Place): string {
  if (place.probe !== undefined) return `probe ${place.probe}`;
  return place.silent !== undefined ? "*" : place.addresses.join("|");
}

export const linkEnds = (link: Link): EventLink => ({ from: placeText(link.from), to: placeText(link.to) });

/** The same of a culprit's segment, by the names of its routers where they are known. */
export function namedEnds({ segment: { from, to }, names = {} }: Culprit): EventLink {
  const end = (place: Place): string =>
    place.addresses.length ? place.addresses.map((each) => names[each] ?? each).join("|") : placeText(place);
  return { from: end(from), to: end(to) };
}

/** A link, or the access link of a probe. */
export function accusedText(culprit: Culprit): string {
  const { from, to } = namedEnds(culprit);
  return (culprit.access === undefined ? "" : "access link ") + linkText(from, to);
}

const hostName = /^[a-z][\w-]*(\.[a-z][\w-]*)+$/i;

/** What stands above a node, as short as it can be. */
export function shortName(node: GraphNode): string {
  if (node.kind === "group" && !hostName.test(node.name)) return node.name.replace(/^(first .*) of .*/, "$1");
  if (node.kind === "probe" || !node.name) return node.name || node.address;
  const stem = stemOf(node.name);
  return node.name.slice(0, node.name.length - stem.length) + stem.split(".").slice(0, 2).join(".");
}
