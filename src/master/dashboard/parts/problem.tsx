import { ApiError } from "../api/client";

/** What went wrong, and plainly, when this master has no such part. */
export function Problem({ error, what }: { error: Error | undefined; what: string }) {
  if (!error) return null;
  if (error instanceof ApiError && error.missing)
    return <p class="pale">This master does not offer {what}.</p>;
  if (error instanceof ApiError && error.status === 403)
    return <p class="pale">Your role does not include {what}.</p>;
  return <p class="problem" role="alert">{what[0]?.toUpperCase()}{what.slice(1)}: {error.message}</p>;
}
