import type { Conflict } from '../../health/conflicts';
import type { Entry } from '../../health/countdown';
import type { TimedOut } from '../../health/deadlines';
import { isOpenSince } from '../../health/incident';
import type { Restarted } from '../../health/workMade';
import type { DaemonId, Session } from '../../health/report';
import type { DaemonState } from '../../health/states';
import { isAsking, type WorkEnd } from '../../health/workNews';
import type { Instant } from '../../base/time';
import type { DaemonModel } from '../../model/daemonModel';
import type { Outcome } from '../../model/outcome';
import type { NotificationSettings } from '../../settings/settings';
import type { Claim } from '../../store/speakerTurn';
import type { Level } from '../shared/say';
import type { Action } from './buttonsText';

/** A button, and what its command is called with. */
export interface Offer {
  readonly action: Action;
  readonly targets: readonly unknown[];
}

interface Common extends Claim {
  /** Among all windows one tells what has this key. */
  readonly key: string;
  readonly daemonIds: readonly DaemonId[];
  readonly level: Level;
  /** Also for who wants to be told of errors only. */
  readonly isUrgent: boolean;
  /** Its name in the setting of what is not to be shown again. */
  readonly muteAs?: string;
  readonly offers: readonly Offer[];
}

/** Something to tell: data, of which the words are made when it is this window that tells. */
export type Notice = Common &
  (
    | {
        readonly kind: 'problem' | 'reminder';
        readonly model: DaemonModel;
        readonly state: DaemonState;
        readonly openedAt: Instant;
      }
    | {
        readonly kind: 'recovered';
        readonly model: DaemonModel;
        readonly state: DaemonState;
        readonly lastedMs: number;
        /** Under which key it was told, and since when it is over (epoch ms). */
        readonly ended: { readonly key: string; readonly wellSinceAt: number };
      }
    | { readonly kind: 'conflict'; readonly conflict: Conflict }
    | {
        readonly kind: 'restarted';
        readonly name: string;
        readonly restarted: Restarted;
        /** When the daemon told of it. */
        readonly seen?: Instant;
      }
    | { readonly kind: 'timedOut'; readonly name: string; readonly timedOut: TimedOut }
    | { readonly kind: 'ended'; readonly name: string; readonly ended: WorkEnd }
    | { readonly kind: 'waits'; readonly name: string; readonly session: Session }
    /** Goes on, and its words change: shown by `goOn`. */
    | { readonly kind: 'countdown'; readonly entry: Entry }
    /** What this window did: told at once, whoever has the turn. */
    | {
        readonly kind: 'outcome';
        readonly outcome: Outcome;
        /** What other rules and other windows would tell, and what this message says already. */
        readonly tells: readonly Claim[];
      }
  );

/** What is told of an incident of one daemon. */
export type IncidentNotice = Extract<Notice, { kind: 'problem' | 'reminder' | 'recovered' }>;

export type CountdownNotice = Extract<Notice, { kind: 'countdown' }>;

/** What is true now. */
export interface World {
  /** The daemon as it is now; `undefined` when it is no longer watched. */
  readonly current: (daemonId: DaemonId) => DaemonModel | undefined;
  readonly conflicts: () => readonly Conflict[];
}

/** Whether a notice still holds. What has happened has happened. */
export function isTrue(notice: Notice, { current, conflicts }: World): boolean {
  switch (notice.kind) {
    case 'problem':
    case 'reminder':
      return isOpenSince(current(notice.model.daemon.id)?.track.incident, notice.openedAt.monotonicMs);
    case 'conflict':
      return conflicts().some(({ id }) => id === notice.conflict.id);
    case 'outcome': {
      const [daemonId] = notice.daemonIds;
      const isFailedStart = 'nothingRuns' in notice.outcome && notice.outcome.nothingRuns;
      return !isFailedStart || current(daemonId!)?.track.startFailed !== undefined;
    }
    case 'waits': {
      const [daemonId] = notice.daemonIds;
      return isAsking(current(daemonId!)?.track.last?.report, notice.session);
    }
    case 'recovered':
    case 'restarted':
    case 'timedOut':
    case 'ended':
    case 'countdown':
      return true;
  }
}

/** Whether the user wants to be told of such a thing at all. */
export function isWanted(
  { isUrgent, muteAs }: Pick<Notice, 'isUrgent' | 'muteAs'>,
  { level, muted }: NotificationSettings,
): boolean {
  if (level === 'none' || (muteAs !== undefined && muted.includes(muteAs))) return false;
  return level === 'all' || isUrgent;
}

/** The same happening, by whichever rule it was found. */
export function isSame(one: Notice, other: Notice): boolean {
  const [some, others] = [one.toldFor, other.toldFor];
  const isSpan = typeof some === 'object' && typeof others === 'object';
  return one.key === other.key && (!isSpan || some.afterAt === others.afterAt);
}

/** What is told with a notice. */
export function claimsOf(notice: Notice): readonly Claim[] {
  return notice.kind === 'outcome' ? notice.tells : [notice];
}

/** The keys of what goes on, and is to be called over. */
export function endlessOf(notice: Notice): readonly string[] {
  return claimsOf(notice).flatMap(({ key, toldFor }) =>
    typeof toldFor === 'object' && toldFor.byAt === undefined ? [key] : [],
  );
}
