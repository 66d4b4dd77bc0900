/** An error that is fit to show: its message says in a sentence what happened and what the user can do. */
export class UserError extends Error {}

/** What an error says, in one text: fit to show only where the error is a `UserError`. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
