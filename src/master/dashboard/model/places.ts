// Pure: places of the network as text, the way the master tells them.
import type { EventLink, Link, Place } from "../api/verdicts";

export function placeText(place: Place): string {
  if (place.probe !== undefined) return `probe ${place.probe}`;
  return place.silent !== undefined ? "*" : place.addresses.join("|");
}

export const linkEnds = (link: Link): EventLink => ({ from: placeText(link.from), to: placeText(link.to) });
