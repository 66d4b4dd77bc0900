import { duration } from '../../base/time';
import type { Clock } from '../clock';
import type { ExitFiles } from '../sessions/exitFile';
import type { Log } from '../log';
import { endState } from '../sessions/outcome';
import { stopOrphan } from '../processes/orphans';
import type { LastExit } from './lifecycle';
import { interruptedOutcome, planRecovery, type RecoveryAction } from './recoveryPlan';
import { isRunning, label, type Session } from '../sessions/session';
import type { SessionStore } from '../sessions/sessionStore';

/** What a start did about the sessions that it found unfinished, by their ids. */
export interface Recovered {
  /** Started again. */
  readonly resumedIds: readonly string[];
  /** Waiting for somebody. */
  readonly interruptedIds: readonly string[];
}

export interface RecoveryParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly store: SessionStore;
  readonly exitFiles: ExitFiles;
  readonly instanceId: string;
  readonly bootId: string;
  readonly lastAliveAt: number | undefined;
}

/**
 * Brings what an earlier life left in order, before the first poll cycle: stops what still runs of it, then
 * resumes or reports. Each session's decision is on disk before the next is looked at, so that a kill in the
 * middle costs nothing.
 */
export async function recover(parts: RecoveryParts): Promise<Recovered> {
  const { clock, log, store, exitFiles, instanceId, bootId, lastAliveAt } = parts;
  const found = { foundAt: clock.wallMs(), foundBy: instanceId };
  const rerun = new Set(store.all().map(({ rerunOf }) => rerunOf));
  const resumedIds: string[] = [];
  const interruptedIds: string[] = [];
  const unfinished = store
    .all()
    .filter(({ state }) => state.status === 'queued' || state.status === 'running');
  const exits = await Promise.all(
    unfinished.map(async (session) => {
      if (isRunning(session) && (await stopOrphan(clock, session, bootId))) {
        log.warn(`session ${label(session)} still ran: stopped, so that it does not run twice`);
      }
      // Only now: it may have come to its own end until a moment ago.
      return { session, exit: await exitFiles.read(session.id, session.attempt) };
    }),
  );
  for (const { session, exit } of exits) {
    const action = planRecovery({ session, nowMs: clock.wallMs(), lastAliveAt, exit });
    if (!action || action.kind === 'keep') continue;
    const next = apply(session, action, lastAliveAt ?? clock.wallMs(), found);
    if (action.kind === 'resume') resumedIds.push(session.id);
    if (action.kind === 'interrupt') interruptedIds.push(session.id);
    log.warn(`session ${label(session)}: ${describe(action)}`);
    await store.put(next);
  }
  // A kill between the two writes of "run again" must not leave both to be run.
  for (const session of store.all()) {
    if (session.state.status !== 'interrupted' || session.state.handled || !rerun.has(session.id)) continue;
    await store.put({ ...session, state: { ...session.state, handled: 'run' } });
  }
  // Found by an earlier version, which did not note when: its time begins now.
  for (const session of store.all()) {
    if (session.state.status !== 'interrupted' || session.state.foundAt !== undefined) continue;
    await store.put({ ...session, state: { ...session.state, ...found } });
  }
  await exitFiles.removeAll();
  return { resumedIds, interruptedIds };
}

function apply(
  session: Session,
  action: Exclude<RecoveryAction, { kind: 'keep' }>,
  lastAliveAt: number,
  found: { readonly foundAt: number; readonly foundBy: string },
): Session {
  const { state } = session;
  const startedAt = state.status === 'running' ? state.startedAt : undefined;
  switch (action.kind) {
    case 'requeue':
      return { ...session, state: { status: 'queued' } };
    case 'resume':
      return { ...session, recovered: true, state: { status: 'queued' } };
    case 'interrupt': {
      const outcome = interruptedOutcome(session, action.why);
      const endedAt = Math.max(lastAliveAt, startedAt ?? session.createdAt);
      return {
        ...session,
        state: {
          status: 'interrupted',
          ...(startedAt !== undefined && { startedAt }),
          endedAt,
          outcome,
          ...found,
        },
      };
    }
    case 'ended':
      if (!isRunning(session)) return session;
      return { ...session, state: endState(session, { exitCode: action.exitCode }, Math.round(action.at)) };
    case 'stopped':
      if (!isRunning(session)) return session;
      return { ...session, state: endState(session, {}, session.state.stopping?.at ?? lastAliveAt) };
  }
}

function describe(action: Exclude<RecoveryAction, { kind: 'keep' }>): string {
  switch (action.kind) {
    case 'requeue':
      return 'had not begun when dispatchd ended; it waits again';
    case 'resume':
      return 'was interrupted; it is started again';
    case 'ended':
      return `ended with exit code ${action.exitCode} while dispatchd was away`;
    case 'stopped':
      return `was being stopped (${action.cause}) when dispatchd ended`;
    case 'interrupt':
      return `was interrupted, and is not started again: ${action.why}`;
  }
}

/** "was up 3 h 12 m": for the log line of the start. */
export function describeStart(kind: string, exit: LastExit | undefined): string {
  if (!exit) return kind;
  const reason = exit.reason === undefined ? '' : ` (${exit.reason})`;
  return `${kind}; the life before was up ${duration(exit.upMs)} and ended ${exit.kind}${reason}`;
}
