// Who changed what, the newest first.
import { type AuditEntry, getAudit } from "../api/accounts";
import { useLoaded } from "../load";
import { instant } from "../model/text";
import { Answer } from "./answer";
import { PageButtons, usePager } from "./pages";
import { Unreadable } from "./unreadable";

function Entries({ entries }: { entries: AuditEntry[] }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Table of changes">
      <table class="plain">
        <thead><tr><th>When</th><th>Who</th><th>What</th><th class="wide">From</th></tr></thead>
        <tbody>
          {entries.map(({ id, at, user, token, address, action, subject }) => (
            <tr key={id}>
              <td><time dateTime={at}>{instant(at)}</time></td>
              <td>{user || "a shell on the master"}{token && <span class="remark"> by token {token}</span>}</td>
              <td>{action} <strong>{subject}</strong></td>
              <td class="address wide">{address}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Audit() {
  const pager = usePager();
  const page = useLoaded((abort) => getAudit(pager.cursor, abort), [pager.cursor], pager.isFirst);
  return (
    <section aria-label="Changes">
      <h2>Who changed what</h2>
      <Answer to={page} what="the audit log">
        {({ entries, unreadable }) => (
          <>
            {entries.length ? <Entries entries={entries} /> : !unreadable && <p class="pale">Nothing was changed yet.</p>}
            <Unreadable number={unreadable} one="change" />
          </>
        )}
      </Answer>
      <PageButtons pager={pager} next={page.data?.next} />
    </section>
  );
}
