// Pure: what every probe last saw of every measurement, as cells of a table.
import type { MatrixCell, Measurement } from "../api/types";
import { wilson } from "./statistics";

export interface Cell {
  probe: string;
  measurement: string;
  started_at: string;
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

export const cellKey = (probe: string, measurement: string): string => `${probe}\n${measurement}`;

export const matrixOf = (cells: MatrixCell[]): Map<string, Cell> =>
  new Map(cells.map((cell) => [cellKey(cell.probe, cell.measurement), cellOf(cell)]));

function cellOf(given: MatrixCell): Cell {
  const recent = given.rounds.slice(0, 2); // two rounds: soon enough, and not one unlucky packet
  const sent = recent.reduce((sum, each) => sum + each.sent, 0);
  const answered = recent.reduce((sum, each) => sum + each.answered, 0);
  const { rtt_us, rtt_before_us } = given;
  const shift = rtt_us !== undefined && rtt_before_us ? (rtt_us - rtt_before_us) / rtt_before_us : 0;
  return {
    probe: given.probe,
    measurement: given.measurement,
    started_at: given.started_at,
    sent,
    lost: sent - answered,
    reached: given.reached,
    rtt_us,
    changed: given.changed,
    trend: shift > 0.2 ? "up" : shift < -0.2 ? "down" : "same",
  };
}

/** Loss that is no accident: even the low end of its interval is above a percent. */
export function isLossy(cell: Cell): boolean {
  return cell.lost > 1 && wilson(cell.lost, cell.sent).low > 0.01;
}

/** How bad a probe has it: unreached targets first, then certain loss. For sorting. */
export function troubleOf(probe: string, measurements: { id: string }[], cells: Map<string, Cell>): number {
  let worst = 0;
  for (const { id } of measurements) {
    const cell = cells.get(cellKey(probe, id));
    if (cell) worst = Math.max(worst, cell.reached ? wilson(cell.lost, cell.sent).low : 1);
  }
  return worst;
}
