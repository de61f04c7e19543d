// Pure: what every probe last saw of every measurement, as cells of a table.
import { marks, type MatrixColumns } from "../api/matrix";
import type { Measurement, Probe } from "../api/types";
import { median, wilson } from "./statistics";

export interface Cell {
  started: number;
  sent: number;
  lost: number;
  reached: boolean;
  rtt_us: number | undefined;
  /** The newest round showed links that the one before did not. */
  changed: boolean;
  trend: "up" | "down" | "same";
}

/** What has traces of its own: of a mesh its parts. */
export const measured = (all: Measurement[]): Measurement[] =>
  all.flatMap((each) => (each.parts?.length ? each.parts.map((part) => ({ ...each, ...part })) : [each]));

/** The cells by their place, made when they are asked for: there may be a hundred thousand. */
export class Matrix {
  private readonly rows: Map<string, number>;
  private readonly columns: Map<string, number>;
  private readonly places: Int32Array;
  private readonly newest: number;

  /** `at`: of which instant; none: of now. */
  constructor(private readonly given: MatrixColumns, readonly at?: string) {
    this.newest = Date.parse(given.newest);
    this.rows = new Map(given.probes.map((name, i) => [name, i]));
    this.columns = new Map(given.measurements.map((id, i) => [id, i]));
    this.places = new Int32Array(given.probes.length * given.measurements.length).fill(-1);
    given.probe.forEach((row, i) => (this.places[row * given.measurements.length + given.measurement[i]!] = i));
  }

  /** There were more traces than could be read: cells may be absent. */
  get truncated(): boolean {
    return this.given.truncated === true;
  }

  get unreadable(): number | undefined {
    return this.given.unreadable;
  }

  get size(): number {
    return this.given.probe.length;
  }

  private indexOf(probe: string, measurement: string): number {
    const [row, column] = [this.rows.get(probe), this.columns.get(measurement)];
    return row === undefined || column === undefined ? -1 : this.places[row * this.columns.size + column]!;
  }

  cell(probe: string, measurement: string): Cell | undefined {
    const i = this.indexOf(probe, measurement);
    if (i < 0) return undefined;
    const { age_s, sent, lost, rtt_us, marks: all } = this.given;
    const has = (mark: number): boolean => (all[i]! & mark) !== 0;
    return {
      started: this.newest - age_s[i]! * 1000, sent: sent[i]!, lost: lost[i]!, reached: has(marks.reached),
      rtt_us: rtt_us[i] || undefined, changed: has(marks.changed),
      trend: has(marks.slower) ? "up" : has(marks.faster) ? "down" : "same",
    };
  }

  /** 0: all is well; 1: the target is not reached; else the loss that is certain. */
  trouble(probe: string, measurement: string): number {
    const i = this.indexOf(probe, measurement);
    if (i < 0) return 0;
    return this.given.marks[i]! & marks.reached ? certainLoss(this.given.lost[i]!, this.given.sent[i]!) : 1;
  }

  tally(): Tally {
    const { sent, lost, marks: all } = this.given;
    const tally = { cells: this.size, unreached: 0, lossy: 0, sent: 0, lost: 0 };
    for (let i = 0; i < this.size; ++i) {
      tally.sent += sent[i]!;
      tally.lost += lost[i]!;
      if (!(all[i]! & marks.reached)) tally.unreached += 1;
      else if (certainLoss(lost[i]!, sent[i]!) > 0) tally.lossy += 1;
    }
    return tally;
  }
}

export interface Tally {
  cells: number;
  unreached: number;
  lossy: number;
  sent: number;
  lost: number;
}

/** Loss that is no accident: the low end of its interval where that is above a percent, else 0. */
function certainLoss(lost: number, sent: number): number {
  if (lost < 2) return 0;
  const { low } = wilson(lost, sent);
  return low > 0.01 ? low : 0;
}

/** A row of the table: one probe, or several that belong together. */
export interface Row {
  name: string;
  probes: Probe[];
  trouble: number;
}

/** `by`: "tag", or else a row for each probe. A probe with several tags is in several rows. */
export function rowsOf(probes: Probe[], measurements: Measurement[], matrix: Matrix, by: string): Row[] {
  const groups = new Map<string, Probe[]>();
  for (const probe of probes)
    for (const name of by === "tag" ? (probe.tags.length ? probe.tags : ["no tag"]) : [probe.name]) {
      const group = groups.get(name);
      if (group) group.push(probe);
      else groups.set(name, [probe]);
    }
  return [...groups].map(([name, members]) => {
    let trouble = 0;
    for (const probe of members)
      for (const { id } of measurements) trouble = Math.max(trouble, matrix.trouble(probe.name, id));
    return { name, probes: members, trouble };
  });
}

export interface Sum extends Cell {
  cells: number;
  unreached: number;
}

/** What the probes of a row see of a measurement, as one. */
export function sumOf(row: Row, measurement: string, matrix: Matrix): Sum | undefined {
  const cells = row.probes.flatMap(({ name }) => matrix.cell(name, measurement) ?? []);
  const first = cells[0];
  if (!first) return undefined;
  const unreached = cells.filter(({ reached }) => !reached).length;
  if (cells.length === 1) return { ...first, cells: 1, unreached };
  const total = (of: (cell: Cell) => number): number => cells.reduce((sum, each) => sum + of(each), 0);
  return {
    started: Math.max(...cells.map(({ started }) => started)),
    sent: total(({ sent }) => sent), lost: total(({ lost }) => lost),
    reached: unreached < cells.length, rtt_us: median(cells.flatMap(({ rtt_us }) => rtt_us ?? [])),
    changed: cells.some(({ changed }) => changed), trend: "same", cells: cells.length, unreached,
  };
}
