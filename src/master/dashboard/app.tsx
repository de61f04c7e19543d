// The frame around every page: navigation, connection, theme, keys.
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { loginNeeded } from "./api/client";
import { connection } from "./api/live";
import { Keys, useKeys } from "./parts/keys";
import { Now } from "./pages/now";
import { href, kept, route } from "./router";
import { isDark, logout, session, theme } from "./state";

interface Page {
  id: string;
  title: string;
  key: string;
  load: () => Promise<ComponentType>;
}

// The first page comes with the frame; the others when they are asked for.
const pages: Page[] = [
  { id: "now", title: "Now", key: "n", load: async () => Now },
  { id: "paths", title: "Paths", key: "p", load: async () => (await import("./pages/paths")).Paths },
  { id: "time", title: "Time", key: "t", load: async () => (await import("./pages/time")).Time },
  { id: "measure", title: "Measure", key: "m", load: async () => (await import("./pages/measure")).Measure },
  { id: "events", title: "Events", key: "e", load: async () => (await import("./pages/events")).Events },
  {
    id: "configuration", title: "Configuration", key: "c",
    load: async () => (await import("./pages/configuration")).Configuration,
  },
];

/** Not in the navigation: asked for by the master, or by a link. */
const loginPage: Page = {
  id: "login", title: "Log in", key: "l", load: async () => (await import("./pages/login")).Login,
};

const connectionText = {
  starting: "Connecting…",
  live: "Live",
  asking: "Updated every 5 s",
  lost: "No connection to the master; trying again",
};

function Navigation({ current }: { current: string }) {
  const look = isDark();
  return (
    <header class="top">
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); document.getElementById("main")?.focus(); }}>
        To the content
      </a>
      <a class="brand" href={href("now")}><img src="assets/icon.svg" alt="" width="24" height="24" /> dtrace-node</a>
      <nav aria-label="Pages">
        {pages.map((page) => (
          <a key={page.id} href={href(page.id, kept(page.id))} aria-current={page.id === current ? "page" : undefined}>
            {page.title}
          </a>
        ))}
      </nav>
      <span class={`connection ${connection.value}`} role="status">{connectionText[connection.value]}</span>
      <button class="quiet" onClick={() => (theme.value = look ? "light" : "dark")}
        aria-label={look ? "Light theme" : "Dark theme"}>{look ? "☀" : "☾"}</button>
      {session.value?.user
        ? <button class="quiet" onClick={() => void logout()}>Log out<span class="wide"> {session.value.user}</span></button>
        : <a href={href("login")}>Log in</a>}
    </header>
  );
}

function Body({ page }: { page: Page }) {
  const [shown, setShown] = useState<{ id: string; Part: ComponentType } | null>(null);
  const [failed, setFailed] = useState("");
  useEffect(() => {
    let wanted = true;
    setFailed("");
    document.title = `${page.title} · dtrace-node`;
    page.load().then(
      (Part) => wanted && setShown({ id: page.id, Part }),
      () => wanted && setFailed("This page could not be loaded. Is the master there? Reload to try again."),
    );
    return () => { wanted = false; };
  }, [page.id]);
  if (failed) return <p class="problem" role="alert">{failed}</p>;
  if (shown?.id !== page.id) return <p class="pale">Loading…</p>;
  return <shown.Part />;
}

export function App() {
  const current = [...pages, loginPage].find((page) => page.id === route.value.page);
  useKeys(pages);
  const [Login, setLogin] = useState<ComponentType | null>(null);
  useEffect(() => {
    if (loginNeeded.value) void import("./pages/login").then((part) => setLogin(() => part.Login));
  }, [loginNeeded.value]);
  if (session.value === undefined) return <main id="main" class="pale">Connecting…</main>;
  if (loginNeeded.value) return <main id="main" tabIndex={-1}>{Login && <Login />}</main>;
  return (
    <>
      <Navigation current={current?.id ?? ""} />
      <main id="main" tabIndex={-1}>
        {current ? <Body page={current} /> : (
          <>
            <h1>There is no such page</h1>
            <p><a href={href("now")}>What is going on now</a></p>
          </>
        )}
      </main>
      <Keys pages={pages} />
    </>
  );
}
