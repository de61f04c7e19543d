// Who is told of what happens, and whether that works.
import { get, request } from "./client";

export interface Receiver {
  name: string;
  to: string;
  ok: boolean;
  /** Events that were not looked at yet. */
  waiting: number;
  delivered: number;
  failed: number;
  /** Left out: not taken, too old, not readable. */
  refused: number;
  too_old: number;
  unreadable: number;
  last_delivered_at?: string;
  fault?: { since: string; reason: string };
  next_attempt_at?: string;
}

export const getReceivers = async (abort?: AbortSignal): Promise<Receiver[]> =>
  (await get<{ receivers: Receiver[] }>("/api/v1/alerts", {}, abort)).receivers;

/** One attempt, at once. Gives what the receiver answered; fails with the reason. */
export const testReceiver = async (receiver: string): Promise<number> =>
  (await request<{ status: number }>("POST", "/api/v1/alerts/test", { body: { receiver } })).data.status;
