import type { OfferedDaemon } from '../../model/foundDaemon';
import type { DaemonModel } from '../../model/daemonModel';
import { rowOf } from '../../health/states';
import { kindOf } from '../../kinds/index';
import { Rendered } from './rendered';

/** Whether it is many daemons, which a Prometheus measures: each is started and ended where it runs. */
export function isFleet({ daemon }: Pick<DaemonModel, 'daemon'>): boolean {
  return daemon.target.kind === 'prometheus';
}

/** Whether a process of this daemon is there to be ended. */
export function canStop({ daemon, track }: DaemonModel): boolean {
  return !isFleet({ daemon }) && rowOf(track.verdict).phase === 'up';
}

/** Its page for people; `undefined` where it does not answer now, or has none. */
export function dashboardOf({ daemon: { target }, track }: DaemonModel): string | undefined {
  const hasPage = track.sample?.ok === true && kindOf(track.sample.report.kind)?.hasPage;
  return hasPage && target.kind === 'http' ? target.origin : undefined;
}

/** Whether it runs commands that are handed to it, as far as is known: by its last answer, else by the settings. */
export function runsCommands({ daemon, track }: DaemonModel): boolean {
  return kindOf(track.last?.report.kind ?? daemon.kind)?.runsCommands === true;
}

/** Whether the sessions that a daemon lists can be changed from outside. */
export function canChangeSessions({ track }: DaemonModel): boolean {
  return track.last?.report.traits.extendsOnRequest === true;
}

/** Whether it answers now, so that its sessions can be changed from outside. */
export function answersForSessions({ track }: DaemonModel): boolean {
  return track.sample?.ok === true && track.sample.report.traits.extendsOnRequest;
}

/** Commands about daemons that the palette offers only where they can do something. */
export const DAEMON_COMMANDS = [
  'restart',
  'snooze',
  'keepEvidence',
  'stop',
  'openDashboard',
  'filterSeries',
  'offerIgnored',
  'endDemo',
] as const;

/** The commands about daemons that can do something now, by their names without prefix. */
export function usableOnDaemons(
  models: readonly DaemonModel[],
  found: readonly OfferedDaemon[],
): readonly (typeof DAEMON_COMMANDS)[number][] {
  const isOfOne = models.some((model) => !isFleet(model));
  return [
    ...(models.length > 0 ? (['restart', 'snooze', 'keepEvidence'] as const) : []).filter(
      (name) => isOfOne || name === 'snooze',
    ),
    ...(models.some(isFleet) ? (['filterSeries'] as const) : []),
    ...(models.some(canStop) ? ['stop' as const] : []),
    ...(models.some((model) => dashboardOf(model) !== undefined) ? ['openDashboard' as const] : []),
    ...(found.some(({ isIgnored }) => isIgnored) ? ['offerIgnored' as const] : []),
    ...(models.some(({ daemon }) => daemon.demo) ? ['endDemo' as const] : []),
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
