// The receivers of alerts with their state, and a test for administrators.
import { useState } from "preact/hooks";
import { getReceivers, type Receiver, testReceiver } from "../api/alerts";
import { ApiError } from "../api/client";
import { useLoaded } from "../load";
import { count, instant } from "../model/text";
import { mayAdminister } from "../state";
import { Answer } from "./answer";
import { PressButton } from "./catalog";

function State({ receiver: { ok, fault, waiting, delivered, last_delivered_at, next_attempt_at } }: { receiver: Receiver }) {
  const last = last_delivered_at ? `, the last at ${instant(last_delivered_at)}` : "";
  return (
    <>
      <p>
        <span class={`severity ${ok ? "info" : "critical"}`}>{ok ? "works" : "fails"}</span>{" "}
        {delivered ? `${count(delivered, "alert")} delivered${last}.` : "Nothing was delivered yet."}
        {waiting > 0 && ` ${count(waiting, "event")} to be looked at.`}
      </p>
      {fault && (
        <p class="problem">Since {instant(fault.since)}: {fault.reason}.
          {next_attempt_at && ` Tried again at ${instant(next_attempt_at)}.`}</p>
      )}
    </>
  );
}

function LeftOut({ receiver: { refused, too_old, unreadable } }: { receiver: Receiver }) {
  const parts = [refused && `${refused} that it refused`, too_old && `${too_old} too old`, unreadable && `${unreadable} not readable`];
  const text = parts.filter(Boolean).join(", ");
  return text ? <p class="remark">Left out: {text}.</p> : null;
}

function Test({ name }: { name: string }) {
  const [told, setTold] = useState("");
  const press = async (): Promise<void> => {
    setTold("");
    const status = await testReceiver(name);
    setTold(`It took the test${status ? ` (${status})` : ""}.`);
  };
  return (
    <p class="act">
      <PressButton label="Send a test" what={`Send a test to ${name}`} press={press} />{" "}
      {told && <span role="status">{told}</span>}
    </p>
  );
}

function ReceiverCard({ receiver }: { receiver: Receiver }) {
  return (
    <article class="card">
      <h3>{receiver.name}</h3>
      <p class="address pale">{receiver.to}</p>
      <State receiver={receiver} />
      <LeftOut receiver={receiver} />
      {mayAdminister() && <Test name={receiver.name} />}
    </article>
  );
}

export function Alerts() {
  const receivers = useLoaded(getReceivers, []);
  if (receivers.error instanceof ApiError && receivers.error.missing) return null;
  return (
    <section aria-label="Alerts">
      <h2>Who is told</h2>
      <Answer to={receivers} what="the receivers of alerts">
        {(receivers) => (receivers.length ? <div class="cards">{receivers.map((each) => <ReceiverCard key={each.name} receiver={each} />)}</div>
          : <p class="pale">Nobody: no file of alerts names a receiver.</p>)}
      </Answer>
    </section>
  );
}
