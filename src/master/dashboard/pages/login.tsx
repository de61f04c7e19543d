import { useState } from "preact/hooks";
import { ApiError } from "../api/client";
import { go, route } from "../router";
import { login } from "../state";

export function Login() {
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget as HTMLFormElement);
    setBusy(true);
    try {
      await login(String(fields.get("user")), String(fields.get("password")));
      if (route.value.page === "login") go("now");
    } catch (error) {
      const wrong = error instanceof ApiError && error.status === 401;
      setProblem(wrong ? "The name or the password is wrong." : (error as Error).message);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form class="card login" onSubmit={submit}>
      <h1>Log in to dtrace-node</h1>
      <label>Name <input name="user" autocomplete="username" required autofocus /></label>
      <label>Password <input name="password" type="password" autocomplete="current-password" required /></label>
      {problem && <p class="problem" role="alert">{problem}</p>}
      <button class="main" disabled={busy}>Log in</button>
      <p class="pale">The first start of a master prints the password of its administrator, once.</p>
    </form>
  );
}
