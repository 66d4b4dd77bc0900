import type { Memento } from 'vscode';
import type { Lost } from '../health/interrupted';
import type { DaemonId, Session } from '../health/report';
import { INSTANCES_MAX_DAEMONS } from './policy';
import { fieldsOf, hasFields, listOf, type WriteLine } from './stored';
import { StoredEntries } from './storedEntries';

const NOTHING: readonly Lost[] = [];

type Fields<T> = Readonly<Record<keyof T, 'string' | 'number' | 'boolean'>>;

const NEEDED: Fields<Pick<Session, 'id' | 'title' | 'status'>> = {
  id: 'string',
  title: 'string',
  status: 'string',
};

const OPTIONAL: Fields<Omit<Session, keyof typeof NEEDED>> = {
  kind: 'string',
  role: 'string',
  agentId: 'string',
  providerSessionId: 'string',
  command: 'string',
  cwd: 'string',
  createdAt: 'number',
  startedAt: 'number',
  lastActivityAt: 'number',
  endedAt: 'number',
  deadlineAt: 'number',
  deadlineAssumed: 'boolean',
  timeoutMs: 'number',
  extensionsUsed: 'number',
  maxExtensions: 'number',
  requestedExtensions: 'number',
  attempt: 'number',
  recovered: 'boolean',
  resumable: 'boolean',
  exitCode: 'number',
  outcome: 'string',
  handled: 'boolean',
  wasLost: 'boolean',
  stopping: 'string',
};

/** The work that restarts interrupted and that its daemon does not remember, for the next window of this workspace. */
export class InterruptedWork {
  readonly #kept: StoredEntries<readonly Lost[]>;

  constructor(state: Memento, log: WriteLine = () => undefined) {
    this.#kept = new StoredEntries(state, 'lostWork', INSTANCES_MAX_DAEMONS, listOf(isLost), log);
  }

  recall(daemonId: DaemonId): readonly Lost[] {
    return this.#kept.of(daemonId) ?? NOTHING;
  }

  keep(daemonId: DaemonId, lost: readonly Lost[]): void {
    const known = this.recall(daemonId);
    if (lost === known || (lost.length === 0 && known.length === 0)) return;
    void this.#kept.update([[daemonId, lost.length > 0 ? lost : undefined]]);
  }
}

function isLost(value: unknown): value is Lost {
  const { session } = fieldsOf(value);
  return (
    hasFields(value, { foundAt: 'number' }, { database: 'string' }) &&
    hasFields(session, NEEDED, OPTIONAL) &&
    fieldsOf(session).status === 'interrupted'
  );
}
