import { duration } from '../../base/time';
import type { Clock } from '../clock';
import type { ExitFiles } from '../sessions/exitFile';
import type { Log } from '../log';
import { stopOrphan } from '../processes/orphans';
import type { LastExit } from './lifecycle';
import { planRecovery } from './recoveryPlan';
import { isRunning, label } from '../sessions/session';
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
    const decision = planRecovery({ session, nowMs: clock.wallMs(), lastAliveAt, exit, found });
    if (!decision) continue;
    if (decision.kind === 'resume') resumedIds.push(session.id);
    if (decision.kind === 'interrupt') interruptedIds.push(session.id);
    log.warn(`session ${label(session)}: ${decision.says}`);
    await store.put(decision.next);
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

/** "was up 3 h 12 m": for the log line of the start. */
export function describeStart(kind: string, exit: LastExit | undefined): string {
  if (!exit) return kind;
  const reason = exit.reason === undefined ? '' : ` (${exit.reason})`;
  return `${kind}; the life before was up ${duration(exit.upMs)} and ended ${exit.kind}${reason}`;
}
