import type * as v from 'valibot';
import type { Ended, Running, SessionFile } from './sessionSchema';

/** One piece of work; `sessionSchema.ts` says what each field is. */
export type Session = Readonly<v.InferOutput<typeof SessionFile>>;

export type TaskSpec = Readonly<Session['spec']>;
export type SessionState = Readonly<Session['state']>;
export type RunningState = Readonly<v.InferOutput<typeof Running>>;
export type EndedState = Readonly<v.InferOutput<typeof Ended>>;
export type StopCause = NonNullable<RunningState['stopping']>['cause'];

/** A session whose process is being watched. */
export type RunningSession = Session & { readonly state: RunningState };

export function isRunning(session: Session): session is RunningSession {
  return session.state.status === 'running';
}

/** Over, one way or another. */
export function isFinished(session: Session): boolean {
  return session.state.status !== 'queued' && session.state.status !== 'running';
}

/** The command as one would type it, for people and for "copy command". */
export function commandLine({ command, args }: Pick<TaskSpec, 'command' | 'args'>): string {
  return args ? [command, ...args].map(quoted).join(' ') : command;
}

/** How a session is called in the log. */
export function label({ id, spec }: Session): string {
  return `"${spec.name}" (${id})`;
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * The queued sessions that could start now, oldest first: of one name only the first, and not while a session of
 * that name runs, so that follow-ups keep their order.
 */
export function readySessions(sessions: Iterable<Session>): Session[] {
  const all = [...sessions];
  const busyNames = new Set(
    all.filter((session) => isRunning(session) && session.spec.kind === 'named').map(({ spec }) => spec.name),
  );
  return all.filter(({ spec, state }) => {
    if (state.status !== 'queued') return false;
    if (spec.kind !== 'named') return true;
    if (busyNames.has(spec.name)) return false;
    busyNames.add(spec.name);
    return true;
  });
}
