import type { Instant } from '../../base/time';
import { UserError } from '../../base/errors';
import { timeLeftMs } from '../../health/deadlines';
import { isLive } from '../../health/sessions';
import type { SessionActions } from '../../kinds/kind';
import type { DaemonModel } from '../../model/daemonModel';
import { timeLeftText } from '../../words/work';
import { choose } from '../shared/choose';
import { plain } from '../shared/markdown';
import { canChangeSessions } from '../shared/usable';
import type { SessionsDeps } from '../shared/sessionsDeps';
import { isSessionRowId, sessionRowId } from '../tree/rowIds';
import { say } from '../shared/say';
import { PURPOSES, meant, type Purpose, type SessionCommand, type SessionItem } from './sessionPurposes';
import { CANNOT, NONE, QUESTIONS } from './commandsText';

export interface FoundSession extends SessionItem {
  readonly actions: SessionActions;
}

/** Which sessions a command is about. */
export class SessionChoice {
  constructor(private readonly deps: Pick<SessionsDeps, 'clock' | 'models' | 'probe'>) {}

  /**
   * The sessions that the command was called for; without a target the user picks one.
   *
   * @param targets row ids
   * @throws an error fit to show where a target is not known any more
   */
  async choose(command: SessionCommand, targets: readonly unknown[]): Promise<readonly SessionItem[]> {
    const purpose: Purpose = PURPOSES[command];
    // The tree passes what is selected besides what was clicked; a task, its own command line.
    const ids = new Set(targets.flat().filter(isSessionRowId));
    return ids.size > 0 ? this.#named(ids, purpose) : this.#pick(command, purpose);
  }

  /** The same, each with what changes it. */
  async find(command: SessionCommand, targets: readonly unknown[]): Promise<readonly FoundSession[]> {
    return Promise.all((await this.choose(command, targets)).map((item) => this.withActions(item)));
  }

  /** @throws an error fit to show where its daemon cannot be reached */
  async withActions(item: SessionItem): Promise<FoundSession> {
    return { ...item, actions: await actionsOf(item.model, this.deps.probe) };
  }

  #named(ids: ReadonlySet<string>, { lost = () => false }: Purpose): readonly SessionItem[] {
    const named = this.deps.models().flatMap((model) => {
      const { sessions = [] } = model.track.last?.report ?? {};
      const known = canChangeSessions(model) ? sessions : (model.lost ?? []).filter(lost);
      return known
        .filter(({ id }) => ids.has(sessionRowId(model.daemon.id, id)))
        .map((session) => ({ model, session }));
    });
    if (named.length > 0) return named;
    throw new UserError(CANNOT.sessionEnded);
  }

  async #pick(command: SessionCommand, purpose: Purpose): Promise<readonly SessionItem[]> {
    const items = this.deps.models().flatMap((model) => meant(purpose, model));
    if (items.length === 0) {
      void say('info', NONE[command]);
      return [];
    }
    const now = this.deps.clock.now();
    const picked = await choose(
      items.map((item) => ({
        label: plain(item.session.title),
        description: plain(standing(item, now)),
        ...(item.session.command !== undefined && { detail: plain(item.session.command) }),
        value: item,
      })),
      { question: QUESTIONS[command] },
    );
    return picked ? [picked] : [];
  }
}

/** "29 min left · dispatchd", "timed out · dispatchd". */
function standing({ session, model: { daemon, track } }: SessionItem, now: Instant): string {
  const leftMs = isLive(session) ? timeLeftMs(session, track, now) : undefined;
  const figure = leftMs === undefined ? session.status.replaceAll('-', ' ') : timeLeftText(leftMs);
  return `${figure} · ${daemon.name}`;
}

/** Whether it is work that its daemon does not list any more. */
export function isLost({ model }: SessionItem): boolean {
  return !canChangeSessions(model);
}

/** What changes the sessions of a daemon. @throws an error fit to show where nothing does */
export async function actionsOf(
  { daemon }: DaemonModel,
  probe: SessionsDeps['probe'],
): Promise<SessionActions> {
  const { sessions } = await probe(daemon.id);
  if (!sessions) throw new UserError(CANNOT.changeSessions(daemon.name));
  return sessions;
}
