import type { DaemonModel } from '../../model/daemonModel';
import type { Session } from '../../health/report';
import { canGoOn, endOf, isLive, isStranded } from '../../health/sessions';
import { answersForSessions, canChangeSessions } from '../shared/usable';

export interface Purpose {
  /** Which sessions the command is for, of a daemon whose sessions can be changed from outside. */
  readonly ours: (session: Session) => boolean;
  /** Which of the lost work of other daemons. */
  readonly lost?: (session: Session) => boolean;
  readonly question: string;
  /** What is said where there is none. */
  readonly none: string;
}

const anySession = () => true;

/** What the commands about sessions are for. */
export const PURPOSES = {
  extendSession: {
    ours: isLive,
    question: 'Give which session more time?',
    none: 'No session can be extended right now.',
  },
  runAgain: {
    ours: (session) =>
      endOf(session) !== undefined && (endOf(session) !== 'interrupted' || isStranded(session)),
    question: 'Run which session again?',
    none: 'No session can be run again right now.',
  },
  resumeSession: {
    ours: isStranded,
    lost: canGoOn,
    question: 'Resume which session?',
    none: 'No session can be resumed right now.',
  },
  copyCommand: {
    ours: anySession,
    lost: canGoOn,
    question: 'Copy the command of which session?',
    none: 'No session has a command to copy right now.',
  },
  showOutput: {
    ours: anySession,
    question: 'Show the output of which session?',
    none: 'No session has output to show right now.',
  },
  cancelSession: {
    ours: isLive,
    question: 'Stop which session?',
    none: 'No session can be stopped right now.',
  },
  dismissSession: {
    ours: isStranded,
    lost: anySession,
    question: 'Dismiss which session?',
    none: 'No session can be dismissed right now.',
  },
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
export function meant({ ours, lost }: Purpose, model: DaemonModel): readonly SessionItem[] {
  const isOurs = canChangeSessions(model);
  if (isOurs ? !answersForSessions(model) : !lost) return [];
  const known = isOurs ? (model.track.last?.report.sessions ?? []) : (model.lost ?? []);
  return known.filter(isOurs ? ours : lost!).map((session) => ({ model, session }));
}

/** The commands that are for some session now. */
export function usableOnSessions(models: readonly DaemonModel[]): readonly SessionCommand[] {
  const commands = Object.keys(PURPOSES) as SessionCommand[];
  return commands.filter((command) => models.some((model) => meant(PURPOSES[command], model).length > 0));
}
