import { render } from "preact";
import { startLive } from "./api/live";
import { App } from "./app";
import { loadSession } from "./state";

void loadSession();
startLive();
render(<App />, document.body);
