import type { DaemonId, Session } from '../../health/report';
import { endKey, questionKey, type WorkEnd } from '../../health/workNews';
import type { DaemonModel } from '../../model/daemonModel';
import { INSTANCE_TOLD_MS, TOLD_WINDOW_MS } from '../../store/policy';
import type { Claim } from '../../store/speakerTurn';
import { answersForSessions } from '../shared/usable';
import { sessionRowId } from '../tree/rowIds';
import type { Action } from './buttonsText';
import type { Notice, Offer } from './notice';

/** The names of such messages among the muted ones. */
const MUTED = { failed: 'commandFailed', completed: 'commandFinished', waits: 'waitsForAnswer' } as const;

/** So much of a question tells it from the next one of the same work. */
const QUESTION_KEY_CHARS = 100;

/** Work failed, or finished. Only an error with buttons stays on screen until somebody answers it. */
export function endedNotice(model: DaemonModel, ended: WorkEnd): Notice {
  const { id, name } = model.daemon;
  const { session, end } = ended;
  const isFailure = end === 'failed';
  return {
    kind: 'ended',
    name,
    ended,
    ...endTold(id, session),
    daemonIds: [id],
    level: isFailure ? 'error' : 'info',
    isUrgent: isFailure,
    muteAs: MUTED[end],
    // Only of a dispatchd's work there is more to be had.
    offers: offersOf(
      model,
      session,
      answersForSessions(model) ? ['output', 'runAgain'] : ['showSession'],
      MUTED[end],
    ),
  };
}

/** How an end counts as told in all windows: as long as the daemon lists it. The next one may have no other key. */
export function endTold(daemonId: DaemonId, session: Session): Required<Claim> {
  const toldFor = session.endedAt === undefined ? TOLD_WINDOW_MS : INSTANCE_TOLD_MS;
  return { key: `${daemonId} ended ${endKey(session)}`, toldFor };
}

/** Work waits for a person. @param isAgain it asked the same before, and went on */
export function waitsNotice(model: DaemonModel, session: Session, isAgain = false): Notice {
  const { id, name } = model.daemon;
  return {
    kind: 'waits',
    name,
    session,
    key: `${id} waits ${questionKey({ ...session, question: session.question?.slice(0, QUESTION_KEY_CHARS) ?? '' })}`,
    toldFor: isAgain ? TOLD_WINDOW_MS : INSTANCE_TOLD_MS,
    daemonIds: [id],
    level: 'warning',
    isUrgent: false,
    muteAs: MUTED.waits,
    offers: offersOf(model, session, ['showSession'], MUTED.waits),
  };
}

function offersOf(
  { daemon }: DaemonModel,
  session: Session,
  actions: readonly Action[],
  muteAs: string,
): readonly Offer[] {
  const targets = [sessionRowId(daemon.id, session.id)];
  return [...actions.map((action) => ({ action, targets })), { action: 'mute', targets: [muteAs] }];
}
