// Pure: intervals and quantiles.
import type { LossInterval } from "../api/types";

const z = 1.959964; // 95 %

/** Wilson's interval for the share `lost` of `sent`; all that is possible where nothing was sent. */
export function wilson(lost: number, sent: number): LossInterval {
  if (sent <= 0) return { low: 0, high: 1 };
  const p = lost / sent;
  const scale = 1 + (z * z) / sent;
  const centre = (p + (z * z) / (2 * sent)) / scale;
  const half = (z / scale) * Math.sqrt((p * (1 - p)) / sent + (z * z) / (4 * sent * sent));
  return { low: lost === 0 ? 0 : Math.max(0, centre - half), high: lost === sent ? 1 : Math.min(1, centre + half) };
}

/** Of sorted values; linear between two of them. */
export function quantile(sorted: number[], q: number): number | undefined {
  if (sorted.length === 0) return undefined;
  const at = (sorted.length - 1) * q;
  const below = sorted[Math.floor(at)]!;
  const above = sorted[Math.ceil(at)]!;
  return below + (above - below) * (at - Math.floor(at));
}

export const sorted = (values: number[]): number[] => [...values].sort((a, b) => a - b);
export const median = (values: number[]): number | undefined => quantile(sorted(values), 0.5);

export function standardDeviation(values: number[]): number | undefined {
  if (values.length < 2) return undefined;
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / (values.length - 1));
}
