// All paths of many rounds as the master merges them.
import { get } from "./client";
import type { LossInterval } from "./types";

/** Of microseconds; of a link: differences, which may be negative. */
export interface Quantiles {
  samples: number;
  p10: number;
  median: number;
  p90: number;
}

/** What files say of an address, as far as the master was given any. */
export interface AddressInfo {
  asn?: number;
  organisation?: string;
  country?: string;
  city?: string;
  coordinates?: { latitude: number; longitude: number; radius_km: number };
}

export interface NodeView {
  id: number;
  kind: "probe" | "router" | "target" | "silent";
  probe?: string;
  address?: string;
  names: string[];
  /** `position` of `hops` silent ones behind the node `after`, and before the node `before`. */
  place?: { after: number; before?: number; position: number; hops: number };
  first_ttl: number;
  last_ttl: number;
  sent: number;
  answered: number;
  rtt_us?: Quantiles;
  kinds: string[];
  info?: AddressInfo;
}

export interface LinkView {
  from: number;
  to: number;
  flows: number;
  rounds: number;
  sent: number;
  answered: number;
  loss?: LossInterval & { estimate: number };
  rtt_us?: Quantiles;
  labels: number[];
  spread: boolean;
  back: boolean;
  culprit?: string;
}

export interface GraphView {
  nodes: NodeView[];
  links: LinkView[];
  traces: number;
  voided: number;
  truncated: boolean;
  /** Traces, left out. */
  unreadable?: number;
}

/** Which rounds: `from` ≤ start < `to`, at most `limit`, the newest. */
export interface Rounds {
  measurement?: string | undefined;
  probe?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  limit?: number;
}

export const getGraph = (rounds: Rounds, abort?: AbortSignal) => get<GraphView>("/api/v1/graph", { ...rounds }, abort);
