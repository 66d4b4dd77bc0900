import type { DaemonModel } from '../../model/daemonModel';
import type { Session } from '../../health/report';
import { canGoOn, endOf, isLive, isStranded } from '../../health/sessions';
import { answersForSessions, canChangeSessions } from '../shared/usable';

export interface Purpose {
  /** Which sessions the command is for, of a daemon whose sessions can be changed from outside. */
  readonly ours: (session: Session) => boolean;
  /** Which of the lost work of other daemons. */
  readonly lost?: (session: Session) => boolean;
}

const anySession = () => true;

/** What the commands about sessions are for. */
export const PURPOSES = {
  extendSession: { ours: isLive },
  runAgain: {
    ours: (session) =>
      endOf(session) !== undefined && (endOf(session) !== 'interrupted' || isStranded(session)),
  },
  resumeSession: { ours: isStranded, lost: (session) => isStranded(session) && canGoOn(session) },
  copyCommand: { ours: anySession, lost: canGoOn },
  showOutput: { ours: anySession },
  cancelSession: { ours: isLive },
  dismissSession: { ours: isStranded, lost: anySession },
} satisfies Record<string, Purpose>;

/** A command about sessions, by its name without prefix. */
export type SessionCommand = keyof typeof PURPOSES;

export function isSessionCommand(command: string): command is SessionCommand {
  return command in PURPOSES;
}

export interface SessionItem {
  readonly model: DaemonModel;
  readonly session: Session;
}

/** The sessions that a command is for now. A daemon that does not answer can do nothing for its own. */
export function meant(purpose: Purpose, model: DaemonModel): readonly SessionItem[] {
  const isFor = testFor(purpose, model) ?? (() => false);
  return knownOf(model)
    .filter(isFor)
    .map((session) => ({ model, session }));
}

function testFor({ ours, lost }: Purpose, model: DaemonModel): Purpose['lost'] {
  if (!canChangeSessions(model)) return lost;
  return answersForSessions(model) ? ours : undefined;
}

function knownOf(model: DaemonModel): readonly Session[] {
  return (canChangeSessions(model) ? model.track.last?.report.sessions : model.lost) ?? [];
}

/** The commands that are for some session now. */
export function usableOnSessions(models: readonly DaemonModel[]): readonly SessionCommand[] {
  const commands = Object.keys(PURPOSES) as SessionCommand[];
  return commands.filter((command) => models.some((model) => meant(PURPOSES[command], model).length > 0));
}
