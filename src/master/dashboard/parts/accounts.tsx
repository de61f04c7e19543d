// Users and tokens: lists with a form each; a secret is shown once.
import { useState } from "preact/hooks";
import { addToken, addUser, endToken, getTokens, getUsers, removeUser, type Role, roles } from "../api/accounts";
import { useLoaded } from "../load";
import { count, instant } from "../model/text";
import { session } from "../state";
import { AskForm } from "./ask_form";
import { Field } from "./field";
import { Problem } from "./problem";

export function Tokens() {
  const [changes, setChanges] = useState(0);
  const tokens = useLoaded(getTokens, [changes], false);
  const send = async (fields: FormData): Promise<string> => {
    const until = String(fields.get("expires_at") ?? "");
    const made = await addToken(String(fields.get("name")), until ? new Date(until).toISOString() : undefined);
    setChanges((n) => n + 1);
    return `The token, shown this once: ${made.token}`;
  };
  return (
    <section aria-label="Tokens">
      <h2>Tokens for scripts</h2>
      <Problem error={tokens.error} what="tokens" />
      {tokens.data?.map((token) => (
        <p key={token.id}>
          <strong>{token.name}</strong> <span class="pale">{token.role}, of {token.user}, {token.expires_at ? `until ${instant(token.expires_at)}` : "without end"}</span>{" "}
          <button aria-label={`End token ${token.name}`} onClick={() => void endToken(token.id).then(() => setChanges((n) => n + 1))}>End</button>
        </p>
      ))}
      <AskForm action="Make a token" send={send}>
        {(faults) => (
          <div class="controls">
            <Field label="Name" name="token-name" fault={faults.name}><input id="token-name" name="name" autocomplete="off" /></Field>
            <Field label="Until" name="token-until" fault={faults.expires_at}><input id="token-until" name="expires_at" type="date" /></Field>
          </div>
        )}
      </AskForm>
    </section>
  );
}

export function Users() {
  const [changes, setChanges] = useState(0);
  const users = useLoaded(getUsers, [changes], false);
  const send = async (fields: FormData): Promise<string> => {
    const made = await addUser(String(fields.get("name")), String(fields.get("role")) as Role);
    setChanges((n) => n + 1);
    return `${made.name} may log in with this password, shown this once: ${made.password}`;
  };
  return (
    <section aria-label="Users">
      <h2>Users</h2>
      <Problem error={users.error} what="users" />
      {users.data?.map((user) => (
        <p key={user.name}>
          <strong>{user.name}</strong> <span class="pale">{user.role}, {count(user.sessions, "session")}, {count(user.tokens, "token")}</span>{" "}
          {user.name !== session.value?.user && (
            <button aria-label={`Remove user ${user.name}`} onClick={() => {
              if (confirm(`Remove ${user.name}, with all tokens and sessions?`))
                void removeUser(user.name).then(() => setChanges((n) => n + 1));
            }}>Remove</button>
          )}
        </p>
      ))}
      <AskForm action="Add a user" send={send}>
        {(faults) => (
          <div class="controls">
            <Field label="Name" name="user-name" fault={faults.name}><input id="user-name" name="name" autocomplete="off" /></Field>
            <Field label="Role" name="user-role" fault={faults.role}>
              <select id="user-role" name="role">{roles.map((role) => <option key={role} value={role}>{role}</option>)}</select>
            </Field>
          </div>
        )}
      </AskForm>
    </section>
  );
}
