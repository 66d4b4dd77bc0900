import { outcomeOf } from '../sessions/outcome';
import type { Session } from '../sessions/session';
import type { LifeEntry, OutcomeEntry } from './history';
import type { LastExit, Life } from './lifecycle';

/** A life that is over, as the next one finds it. */
export function lifeEntry({ instanceId, startedAt }: Life, { kind, at, upMs, reason }: LastExit): LifeEntry {
  return {
    type: 'life',
    instanceId,
    startedAt,
    lastAliveAt: at,
    upMs,
    end: kind,
    ...(reason !== undefined && { reason }),
  };
}

/** What became of a session that is over. */
export function outcomeEntry({ id, spec, state, createdAt }: Session): OutcomeEntry {
  const startedAt = state.status === 'queued' ? undefined : state.startedAt;
  return {
    type: 'outcome',
    id,
    name: spec.name,
    status: state.status,
    ...(startedAt !== undefined && { startedAt }),
    endedAt: 'endedAt' in state ? state.endedAt : createdAt,
    ...('outcome' in state && { outcome: outcomeOf(state) }),
  };
}
