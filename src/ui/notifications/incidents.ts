import type { DaemonId } from '../../health/report';
import * as vscode from 'vscode';
import type { DaemonNotice } from '../../health/across';
import type { Clock, Instant } from '../../base/time';
import type { DaemonModel } from '../../model/daemonModel';
import type { Notice } from '../../health/incident';
import type { DaemonState } from '../../health/states';
import type { Settings } from '../../settings/settings';
import type { Span, SpeakerLease } from '../../store/speakerTurn';
import { isWanted, noticeMessage } from './incidentText';
import { say, type Buttons } from '../shared/say';

const RESTART = 'Restart Daemon';
const DETAILS = 'Show Details';
/** The log, a snooze, and never again: together with the others they would all be cut. */
const MORE = 'More…';

const COMMAND: Readonly<Record<string, string>> = {
  [RESTART]: 'daemonHealth.restart',
  [DETAILS]: 'daemonHealth.showDetails',
};

export interface NotifierDeps {
  readonly clock: Clock;
  readonly settings: Settings;
  readonly lease: SpeakerLease;
  /** The daemon as it is now; `undefined` when it is no longer watched. */
  readonly current: (daemonId: DaemonId) => DaemonModel | undefined;
  /** Asks what else to do about a daemon that is or was in this state. */
  readonly more: (daemonId: DaemonId, state: DaemonState) => Promise<void>;
}

/** Tells the user of an incident, once, in one window, with what helps now. */
export class Notifier {
  /** Held back by a snooze: told when it ends, if the incident has not. */
  readonly #held = new Map<DaemonId, Notice & { kind: 'reminder' }>();
  /** Incidents that this window told and that go on, by their key. */
  readonly #open = new Map<string, { readonly daemonId: DaemonId; readonly openedAt: Instant }>();

  constructor(private readonly deps: NotifierDeps) {}

  /**
   * Shows one notice, unless it is not wanted, snoozed, or another window's to tell.
   * @param openedAt when the incident began
   */
  async tell(model: DaemonModel, notice: Notice, openedAt: Instant): Promise<void> {
    const { id: daemonId } = model.daemon;
    if (!isWanted(notice, this.deps.settings.notifications())) return;
    if (model.snooze) {
      if (notice.kind === 'recovered') this.#held.delete(daemonId);
      else this.#held.set(daemonId, { ...notice, kind: 'reminder' });
      return;
    }
    const key = `${daemonId} ${notice.kind === 'recovered' ? 'recovered' : `${notice.kind} ${notice.state}`}`;
    const stillWanted = () => notice.kind === 'recovered' || this.#isOpen(daemonId);
    if (!(await this.deps.lease.maySpeak(key, stillWanted, this.#toldFor(notice, openedAt)))) return;
    if (notice.kind === 'problem') this.#open.set(key, { daemonId, openedAt });
    await this.#show(model, notice);
  }

  /** An incident is told once while it goes on, however soon the next one comes; so is the end of each. */
  #toldFor({ kind }: Notice, { wallAt: afterAt }: Instant): Span | undefined {
    if (kind === 'reminder') return undefined;
    return kind === 'problem' ? { afterAt } : { afterAt, byAt: this.deps.clock.now().wallAt };
  }

  /** Notices of several daemons that have one cause. */
  tellGroup(group: readonly DaemonNotice[]): void {
    for (const { daemonId, notice, openedAt } of group) {
      const model = this.deps.current(daemonId);
      if (model) void this.tell(model, notice, openedAt);
    }
  }

  /** Called after every poll: tells what a snooze held back, once it is over. */
  resume(): void {
    for (const [key, { daemonId, openedAt }] of this.#open) {
      if (this.deps.current(daemonId)?.track.incident?.openedAt === openedAt) continue;
      this.#open.delete(key);
      // Where no file can be written every window tells every incident.
      void this.deps.lease.over(key).catch(() => {});
    }
    for (const [daemonId, notice] of this.#held) {
      const model = this.deps.current(daemonId);
      if (model?.snooze && this.#isOpen(daemonId)) continue;
      this.#held.delete(daemonId);
      if (model && this.#isOpen(daemonId)) void this.tell(model, notice, notice.openedAt);
    }
  }

  #isOpen(daemonId: DaemonId): boolean {
    return this.deps.current(daemonId)?.track.incident !== undefined;
  }

  async #show(model: DaemonModel, notice: Notice): Promise<void> {
    const { level, text, offersRestart } = noticeMessage(model, notice, this.deps.clock.now());
    const choice = await say(level, text, ...buttonsFor(notice, offersRestart));
    if (choice === MORE) await this.deps.more(model.daemon.id, notice.state);
    const command = choice === undefined ? undefined : COMMAND[choice];
    if (command !== undefined) await vscode.commands.executeCommand(command, model.daemon.id);
  }
}

function buttonsFor(notice: Notice, offersRestart: boolean): Buttons {
  if (notice.kind === 'recovered') return [DETAILS];
  return offersRestart ? [RESTART, DETAILS, MORE] : [DETAILS, MORE];
}
