// What every probe last saw of every measurement, in columns: a list for each member.
import { get } from "./client";

export interface MatrixColumns {
  newest: string;
  probes: string[];
  measurements: string[];
  /** Places in the lists above; these and the following have an entry for each cell. */
  probe: number[];
  measurement: number[];
  age_s: number[];
  sent: number[];
  lost: number[];
  rtt_us: number[];
  marks: number[];
  truncated?: boolean;
  /** Traces, left out. */
  unreadable?: number;
}

export const marks = { reached: 1, changed: 2, slower: 4, faster: 8 };

export const getMatrix = (at?: string, abort?: AbortSignal) => get<MatrixColumns>("/api/v1/matrix/columns", { at }, abort);
