// Numbers and times as people read them.
import type { AddressInfo } from "../api/graph";
import type { LossInterval } from "../api/types";

export function ms(us: number | undefined): string {
  if (us === undefined || !Number.isFinite(us)) return "–";
  const value = us / 1000;
  return `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ms`;
}

function share(value: number): string {
  const percent = value * 100;
  return percent > 0 && percent < 0.95 ? percent.toFixed(1) : percent.toFixed(0);
}

export const percent = (value: number): string => `${share(value)} %`;

/** "18–24 %"; one number where both ends read the same. */
export function interval({ low, high }: LossInterval): string {
  const [a, b] = [share(low), share(high)];
  return a === b ? `${a} %` : `${a}–${b} %`;
}

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const clockSeconds = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
});
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });

/** "02:41" today, "21 Nov 02:41" before. */
export function since(time: string | number | Date, now = new Date()): string {
  const date = new Date(time);
  const today = date.toDateString() === now.toDateString();
  return today ? clock.format(date) : `${day.format(date)} ${clock.format(date)}`;
}

export function instant(time: string | number | Date): string {
  const date = new Date(time);
  const today = date.toDateString() === new Date().toDateString();
  return today ? clockSeconds.format(date) : `${day.format(date)} ${clockSeconds.format(date)}`;
}

export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.max(0, Math.round(seconds))} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 129600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86400)} days`;
}

export const ago = (time: string | number, now = Date.now()): string =>
  `${duration((now - new Date(time).getTime()) / 1000)} ago`;

export const linkText = (from: string, to: string): string => `${from} → ${to}`;

export const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

/** "AS64500 Example Networks"; undefined: nobody knows. */
export const networkText = (info: AddressInfo | undefined): string | undefined =>
  info?.asn === undefined ? undefined : `AS${info.asn}${info.organisation ? ` ${info.organisation}` : ""}`;

/** "Berlin, DE (± 20 km)"; empty: nobody knows. */
export function placeText({ city, country, coordinates }: AddressInfo): string {
  const name = [city, country].filter(Boolean).join(", ");
  return name && coordinates ? `${name} (± ${coordinates.radius_km} km)` : name;
}
