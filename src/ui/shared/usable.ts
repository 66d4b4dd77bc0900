import type { OfferedDaemon } from '../../model/foundDaemon';
import type { DaemonModel } from '../../model/daemonModel';
import { addressOf } from '../../kinds/target';
import { Rendered } from './rendered';

/** Whether a process of this daemon is there to be ended. */
export function canStop({ track }: DaemonModel): boolean {
  const { state } = track.verdict;
  return state !== 'offline' && state !== 'unreachable' && state !== 'restarting';
}

/** Whether it answers, and has a page of its own: a daemon without an address has none. */
export function hasDashboard({ daemon, track }: DaemonModel): boolean {
  const kind = track.last?.report.kind ?? daemon.kind;
  return track.sample?.ok === true && kind !== 'ductor' && addressOf(daemon.target) !== undefined;
}

/** Commands about daemons that the palette offers only where they can do something. */
export const DAEMON_COMMANDS = [
  'restart',
  'snooze',
  'keepEvidence',
  'stop',
  'openDashboard',
  'offerIgnored',
] as const;

/** The commands about daemons that can do something now, by their names without prefix. */
export function usableOnDaemons(
  models: readonly DaemonModel[],
  found: readonly OfferedDaemon[],
): readonly (typeof DAEMON_COMMANDS)[number][] {
  return [
    ...(models.length > 0 ? (['restart', 'snooze', 'keepEvidence'] as const) : []),
    ...(models.some(canStop) ? ['stop' as const] : []),
    ...(models.some(hasDashboard) ? ['openDashboard' as const] : []),
    ...(found.some(({ isIgnored }) => isIgnored) ? ['offerIgnored' as const] : []),
  ];
}

/** The first word of the context key: without it the key of a window in which nothing can be done would not be set. */
const KNOWN = 'known';

/**
 * The commands that can do something now, as a context key: in the palette package.json hides the others by it. Until
 * the key is set nothing is hidden: a command given before the extension knows anything waits for it. Keybindings run
 * them all the same.
 */
export class UsableCommands {
  readonly #parts = new Map<'daemons' | 'sessions', readonly string[]>();
  readonly #context: Rendered<string>;

  /** @param write sets the context key */
  constructor(write: (names: string) => void) {
    this.#context = new Rendered(write);
  }

  set(part: 'daemons' | 'sessions', commands: readonly string[]): void {
    this.#parts.set(part, commands);
    this.#context.set([KNOWN, ...[...this.#parts.values()].flat().sort()].join(' '));
  }
}
