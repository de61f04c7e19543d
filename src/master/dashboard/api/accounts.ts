// Who may log in, and tokens for scripts.
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

export const getUsers = async (abort?: AbortSignal) => (await get<{ users: User[] }>("/api/v1/users", {}, abort)).users;
export const getTokens = async (abort?: AbortSignal) => (await get<{ tokens: Token[] }>("/api/v1/tokens", {}, abort)).tokens;

export const addUser = async (name: string, role: Role) =>
  (await request<User>("POST", "/api/v1/users", { body: { name, role } })).data;
export const removeUser = (name: string) => request("DELETE", `/api/v1/users/${encodeURIComponent(name)}`);

export const addToken = async (name: string, expires_at?: string) =>
  (await request<Token>("POST", "/api/v1/tokens", { body: expires_at ? { name, expires_at } : { name } })).data;
export const endToken = (id: string) => request("DELETE", `/api/v1/tokens/${encodeURIComponent(id)}`);
