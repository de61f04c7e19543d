// The JSON of the API (docs/api.md), member by member.

export type Method = "udp" | "tcp" | "icmp";

export interface ProbingParameters {
  method: Method;
  family?: "ipv4" | "ipv6";
  port?: number;
  flows: number | "auto";
  attempts: number;
  first_hop: number;
  max_hops: number;
  gap_limit: number;
  timeout_ms: number;
  tos: number;
}

/** As somebody typed it: what should be a number and is none is refused by the master, by name. */
export type Typed = number | string;

export interface ParametersInput {
  method: Method;
  port?: Typed;
  flows?: Typed;
  attempts?: Typed;
}

export interface Measurement {
  id: string;
  name: string;
  target: string;
  parameters: ProbingParameters;
  interval_s: number;
  probes: string[];
  probe_tags?: string[];
  /** Of `probes`: those that are not there. */
  unknown_probes?: string[];
  mesh?: string;
  /** Of a mesh: the measurements that it consists of. */
  parts?: { id: string; name: string }[];
  tags: string[];
  /** Absent: this master has no other origin than files. */
  origin?: Origin;
}

export type Origin = "file" | "api" | "local";

export interface Probe {
  name: string;
  origin?: Origin;
  tags: string[];
  description?: string;
  /** Once, where the master made it up. */
  secret?: string;
  online: boolean;
  measurements: number;
  traces_since_start: number;
  last_seen?: string;
  address?: string;
  version?: string;
}

export interface Label {
  label: number;
  traffic_class: number;
  bottom: boolean;
  ttl: number;
}

export interface Answer {
  from: string;
  name?: string;
  kind: string;
  rtt_us: number;
  reply_ttl?: number;
  quoted_ttl?: number;
  icmp_code?: number;
  mtu?: number;
  labels?: Label[];
  /** Who the router says it is, and what it says of its interfaces. */
  node?: { address?: string; name?: string };
  interfaces?: { role: "incoming" | "incoming_part" | "outgoing" | "next_hop"; address?: string }[];
}

export interface Hop {
  ttl: number;
  sent: number;
  answers: Answer[];
}

export interface Path {
  flow: number;
  source_port?: number;
  destination_port?: number;
  icmp_checksum?: number;
  reached: boolean;
  hops: Hop[];
}

export interface Trace {
  id: string;
  probe: string;
  measurement?: { id: string; name: string };
  target: { host: string; address?: string };
  source?: string;
  method: Method;
  started_at: string;
  took_us: number;
  stop_reason: string;
  error?: string;
  packets: { sent: number; answered: number };
  paths: Path[];
}

export interface ConfigFile {
  file: string;
  state: "loaded" | "absent" | "refused";
  entries: number;
  loaded_at?: string;
  fault?: { path: string; reason: string };
  refused_at?: string;
}

export interface Status {
  version: string;
  started_at: string;
  uptime_s: number;
  probes: { known: number; online: number };
  measurements: number;
  store: { ok: boolean; reason?: string; traces?: number; bytes?: number };
  config_files: ConfigFile[];
}

/** A share of packets that were lost: what was counted, and where the truth lies with 95 %. */
export interface LossInterval {
  low: number;
  high: number;
}
