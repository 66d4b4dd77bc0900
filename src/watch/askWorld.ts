import type { HealthEvent } from '../health/advance';
import type { EndedSession } from '../health/interrupted';
import type { Holder, Input, Question } from '../health/watched';
import type { Monitor } from './monitor';
import type { ProcessFates } from './processFates';

/** Brings the questions of daemons to the world, and the answers back. */
export class AskWorld {
  constructor(private readonly processes: ProcessFates) {}

  /** The process behind a daemon that does not name its instances is noted while the daemon answers. */
  stepped(monitor: Monitor, events: readonly HealthEvent[]): void {
    const { daemon, track } = monitor;
    if (events.some(({ kind }) => kind === 'newProcess')) this.processes.forget(daemon.id);
    const report = track.sample?.ok ? track.sample.report : undefined;
    if (report?.traits.namesItsInstances !== false) return;
    const found = (owner: Holder | undefined) => owner && monitor.input({ kind: 'holder', holder: owner });
    // What could not be loaded has been told.
    void this.processes.note(daemon)?.then(found, () => undefined);
  }

  /** @param isWatched whether the monitor that asked still watches the daemon */
  async ask(monitor: Monitor, question: Question, isWatched: () => boolean): Promise<void> {
    const input: Input =
      question.kind === 'processFate'
        ? { kind: 'processFate', question, fate: await this.processes.fate(monitor.daemon.id) }
        : { kind: 'endedSessions', question, ended: await endedOf(monitor, question.agentIds) };
    if (isWatched()) monitor.input(input);
  }
}

/** What the daemon remembers of the work of these agents. Never rejects: the agents that answered count. */
async function endedOf(monitor: Monitor, agentIds: readonly string[]): Promise<readonly EndedSession[]> {
  const ended: EndedSession[] = [];
  try {
    const { lostWork } = await monitor.probe();
    for (const agentId of agentIds) ended.push(...((await lostWork?.ended(agentId)) ?? []));
  } catch {
    // What the world does not tell stays what it seemed.
  }
  return ended;
}
