// Who may log in, tokens for scripts, and who changed what.
import { get, request } from "./client";

export type Role = "viewer" | "operator" | "admin";
export const roles: Role[] = ["viewer", "operator", "admin"];

export interface User {
  name: string;
  role: Role;
  created_at: string;
  sessions: number;
  tokens: number;
  /** Once, where the master made it up. */
  password?: string;
}

export interface Token {
  id: string;
  name: string;
  user: string;
  role: Role;
  created_at: string;
  expires_at?: string;
  /** Once, in the answer to its making. */
  token?: string;
}

export interface AuditEntry {
  id: number;
  at: string;
  /** Empty: from a shell on the master. */
  user: string;
  token?: string;
  address?: string;
  action: string;
  subject: string;
}

export interface AuditPage {
  entries: AuditEntry[];
  next?: string;
  unreadable?: number;
}

const userPath = (name: string): string => `/api/v1/users/${encodeURIComponent(name)}`;

export const getUsers = async (abort?: AbortSignal) => (await get<{ users: User[] }>("/api/v1/users", {}, abort)).users;
export const getTokens = async (abort?: AbortSignal) => (await get<{ tokens: Token[] }>("/api/v1/tokens", {}, abort)).tokens;
export const getAudit = (cursor?: string, abort?: AbortSignal) => get<AuditPage>("/api/v1/audit", { limit: 50, cursor }, abort);

export const addUser = async (name: string, role: Role, password?: string) =>
  (await request<User>("POST", "/api/v1/users", { body: password ? { name, role, password } : { name, role } })).data;
export const changeUser = (name: string, change: { role?: Role; password?: string }) =>
  request("PATCH", userPath(name), { body: change });
export const removeUser = (name: string) => request("DELETE", userPath(name));

export const addToken = async (name: string, role: Role, expires_at?: string) =>
  (await request<Token>("POST", "/api/v1/tokens", { body: expires_at ? { name, role, expires_at } : { name, role } })).data;
export const endToken = (id: string) => request("DELETE", `/api/v1/tokens/${encodeURIComponent(id)}`);

export const changePassword = (old_password: string, new_password: string) =>
  request("POST", "/api/v1/session/password", { body: { old_password, new_password } });
