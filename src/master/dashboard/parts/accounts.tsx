// Users and tokens: lists with a form each; a secret is shown once.
import { useState } from "preact/hooks";
import { addToken, addUser, changePassword, changeUser, endToken, getTokens, getUsers, removeUser, type Role, roles, type User } from "../api/accounts";
import { ApiError } from "../api/client";
import { useLoaded } from "../load";
import { count, instant } from "../model/text";
import { session } from "../state";
import { AskForm, type Faults } from "./ask_form";
import { Answer } from "./answer";
import { type Edits, PressButton, Told, useEdits } from "./catalog";
import { Field } from "./field";

const shortest = 8; // of a password, as the master wants it

function RoleChoice({ id, most = "admin", value = "viewer" }: { id: string; most?: Role; value?: Role }) {
  const offered = roles.slice(0, roles.indexOf(most) + 1);
  return <select id={id} name="role">{offered.map((role) => <option key={role} value={role} selected={role === value}>{role}</option>)}</select>;
}

export function Tokens() {
  const [changes, setChanges] = useState(0);
  const tokens = useLoaded(getTokens, [changes], false);
  const reload = (): void => setChanges((n) => n + 1);
  const send = async (fields: FormData): Promise<string> => {
    const until = String(fields.get("expires_at") ?? "");
    const made = await addToken(String(fields.get("name")).trim(), fields.get("role") as Role, until ? new Date(until).toISOString() : undefined);
    reload();
    return `The token, shown this once: ${made.token}`;
  };
  return (
    <section aria-label="Tokens">
      <h2>Tokens for scripts</h2>
      <Answer to={tokens} what="tokens">
        {(tokens) => <ul class="list">{tokens.map((token) => (
          <li key={token.id}>
            <strong>{token.name}</strong> <span class="pale">{token.role}, of {token.user}, {token.expires_at ? `until ${instant(token.expires_at)}` : "without end"}</span>{" "}
            <PressButton label="End" what={`End token ${token.name}`} press={async () => { await endToken(token.id); reload(); }} />
          </li>
        ))}</ul>}
      </Answer>
      <AskForm action="Make a token" send={send}>
        {(faults) => (
          <div class="controls">
            <Field label="Name" name="token-name" fault={faults.name}><input id="token-name" name="name" autocomplete="off" /></Field>
            <Field label="Role" name="token-role" fault={faults.role}><RoleChoice id="token-role" most={session.value?.role ?? "viewer"} /></Field>
            <Field label="Until" name="token-until" fault={faults.expires_at}><input id="token-until" name="expires_at" type="date" /></Field>
          </div>
        )}
      </AskForm>
    </section>
  );
}

function twiceTheSame(fields: FormData): Faults {
  const faults: Faults = {};
  const password = String(fields.get("new_password") ?? "");
  if (!fields.get("old_password")) faults.old_password = "is missing";
  if (password.length < shortest) faults.new_password = `must have at least ${shortest} characters`;
  else if (password !== fields.get("again")) faults.again = "is not the same";
  return faults;
}

export function OwnPassword() {
  const send = async (fields: FormData): Promise<string> => {
    await changePassword(String(fields.get("old_password")), String(fields.get("new_password"))).catch((error: Error) => {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      throw new ApiError(error.status, error.title, "is wrong", "old_password");
    });
    return "Your password is changed. Your other sessions have ended.";
  };
  const field = (label: string, name: string, fault: string | undefined, kind: "current-password" | "new-password") => (
    <Field label={label} name={name} fault={fault}><input id={name} name={name} type="password" autocomplete={kind} /></Field>
  );
  return (
    <section aria-label="Your password">
      <h2>Your password</h2>
      <AskForm action="Change it" look={twiceTheSame} send={send}>
        {(faults) => (
          <div class="controls">
            {field("Old password", "old_password", faults.old_password, "current-password")}
            {field("New password", "new_password", faults.new_password, "new-password")}
            {field("New password again", "again", faults.again, "new-password")}
          </div>
        )}
      </AskForm>
    </section>
  );
}

function UserForm({ user, onSave, onLeave, onChange }: {
  user: User;
  onSave: Edits<User>["save"];
  onLeave: () => void;
  onChange: () => void;
}) {
  const look = (fields: FormData): Faults => {
    const password = String(fields.get("password") ?? "");
    return password && password.length < shortest ? { password: `must have at least ${shortest} characters` } : {};
  };
  const send = (fields: FormData): Promise<string> => onSave(user, user.name, async () => {
    const password = String(fields.get("password") ?? "");
    await changeUser(user.name, { role: fields.get("role") as Role, ...(password ? { password } : {}) });
    onChange();
  });
  return (
    <div class="card">
      <h3>Change {user.name}</h3>
      <AskForm action="Save" look={look} send={send}>
        {(faults) => (
          <div class="controls">
            <Field label="Role" name="change-role" fault={faults.role}><RoleChoice id="change-role" value={user.role} /></Field>
            <Field label="New password (empty: as it is)" name="change-password" fault={faults.password}>
              <input id="change-password" name="password" type="password" autocomplete="new-password" />
            </Field>
          </div>
        )}
      </AskForm>
      <button onClick={onLeave}>Leave it as it is</button>
    </div>
  );
}

export function Users() {
  const [changes, setChanges] = useState(0);
  const { editing, edit, leave, save, told } = useEdits<User>();
  const users = useLoaded(getUsers, [changes], false);
  const reload = (): void => setChanges((n) => n + 1);
  const send = async (fields: FormData): Promise<string> => {
    const made = await addUser(String(fields.get("name")).trim(), fields.get("role") as Role);
    reload();
    return `${made.name} may log in with this password, shown this once: ${made.password}`;
  };
  return (
    <section aria-label="Users">
      <h2>Users</h2>
      <Answer to={users} what="users">
        {(users) => <ul class="list">{users.map((user) => (
          <li key={user.name}>
            <strong>{user.name}</strong> <span class="pale">{user.role}, {count(user.sessions, "session")}, {count(user.tokens, "token")}</span>{" "}
            {user.name !== session.value?.user && (
              <>
                <button aria-label={`Change user ${user.name}`} onClick={() => void edit(() => user)}>Change</button>{" "}
                <PressButton label="Remove" what={`Remove user ${user.name}`} ask={`Remove ${user.name}, with all tokens and sessions?`}
                  press={async () => { await removeUser(user.name); reload(); }} />
              </>
            )}
          </li>
        ))}</ul>}
      </Answer>
      <Told told={told} />
      {editing && <UserForm key={editing.name} user={editing} onSave={save} onLeave={() => leave(editing)} onChange={reload} />}
      <AskForm action="Add a user" send={send}>
        {(faults) => (
          <div class="controls">
            <Field label="Name" name="user-name" fault={faults.name}><input id="user-name" name="name" autocomplete="off" /></Field>
            <Field label="Role" name="user-role" fault={faults.role}><RoleChoice id="user-role" /></Field>
          </div>
        )}
      </AskForm>
    </section>
  );
}
