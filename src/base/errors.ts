/** An error that is fit to show: its message says in a sentence what happened and what the user can do. */
export class UserError extends Error {
  readonly isFitToShow = true;
}

/** Whether an error is fit to show. Each file of `dist/` has a class of its own, so `instanceof` would miss most. */
export function isUserError(error: unknown): error is UserError {
  return error instanceof Error && 'isFitToShow' in error;
}

/** An error that is fit to show, as a code with its figures: `sentenceOf` in words/errors.ts says it. */
export class CodedError<Code extends { readonly is: string } = { readonly is: string }> extends UserError {
  /** The message is for logs. */
  constructor(readonly code: Code) {
    super(JSON.stringify(code));
  }
}

/** Why nobody answered whole. */
export type NoAnswerCause =
  | { readonly is: 'noAnswer'; readonly withinMs: number }
  /** @property command the program, to be shown */
  | { readonly is: 'commandLate'; readonly command: string; readonly withinMs: number }
  | { readonly is: 'connectTimedOut' | 'connectionRefused' | 'unknownHost' | 'closed' }
  /** @property file its path, to be shown */
  | { readonly is: 'noFile'; readonly file: string }
  | { readonly is: 'tooManyParts'; readonly most: number }
  | { readonly is: 'noHttp' | 'badHttp' | 'speaksTls' }
  /** @property code the system's, such as `ECONNRESET` */
  | { readonly is: 'connectionFailed'; readonly code: string }
  | { readonly is: 'tooLarge'; readonly maxBytes: number };

/** Why a command cannot be started: the folder to start it in, or the program, is not there. */
export type Unstartable =
  | { readonly is: 'noFolder'; readonly folder: string }
  /** `onPath`: the name has no folder, so it was looked for on the PATH. */
  | { readonly is: 'noProgram'; readonly name: string; readonly onPath: boolean };

/** What an error says, in one text: fit to show only where the error is a `UserError`. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The stack of an error, for a log. */
export function stackOf(error: unknown): string {
  return (error instanceof Error && error.stack) || messageOf(error);
}

/** What an error without a code says. */
export interface MessageCode {
  readonly is: 'message';
  readonly message: string;
}

/** An error as data: its code; of an error without one, its message. */
export function codeFrom(error: unknown): { readonly is: string } | MessageCode {
  return isUserError(error) && 'code' in error
    ? (error as CodedError).code
    : { is: 'message', message: messageOf(error) };
}
