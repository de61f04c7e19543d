// What the whole page shares: who is logged in, and how it looks.
import { effect, signal } from "@preact/signals";
import { listen } from "./api/live";
import { ApiError, loginNeeded, request, setCsrfToken } from "./api/client";

export interface Session {
  /** Absent: nobody in particular. */
  user?: string;
  role: "viewer" | "operator" | "admin";
  csrf_token?: string;
}

/** undefined: not known yet; null: nobody. */
export const session = signal<Session | null | undefined>(undefined);

function enter(answer: Session): void {
  setCsrfToken(answer.csrf_token ?? "");
  session.value = answer;
  loginNeeded.value = false;
}

/** Who one is; a master without logins lets everybody look. */
export async function loadSession(): Promise<void> {
  try {
    enter((await request<Session>("GET", "/api/v1/session")).data);
  } catch (error) {
    session.value = null;
    loginNeeded.value = error instanceof ApiError && error.status === 401;
  }
}

export async function login(user: string, password: string): Promise<void> {
  enter((await request<Session>("POST", "/api/v1/session", { body: { user, password } })).data);
  listen();
}

export async function logout(): Promise<void> {
  await request("DELETE", "/api/v1/session");
  await loadSession();
}

export const mayOperate = (): boolean => session.value?.role === "operator" || session.value?.role === "admin";
export const mayAdminister = (): boolean => session.value?.role === "admin";

export type Theme = "light" | "dark" | "system";
const stored = localStorage.getItem("theme");
export const theme = signal<Theme>(stored === "light" || stored === "dark" ? stored : "system");
const wish = matchMedia("(prefers-color-scheme: dark)");
const systemDark = signal(wish.matches);
wish.addEventListener("change", () => {
  systemDark.value = wish.matches;
});
export const isDark = (): boolean => (theme.value === "system" ? systemDark.value : theme.value === "dark");
effect(() => {
  document.documentElement.dataset.theme = isDark() ? "dark" : "light";
  if (theme.value === "system") localStorage.removeItem("theme");
  else localStorage.setItem("theme", theme.value);
});
