import * as vscode from 'vscode';
import type { Clock } from '../clock';
import type { DaemonModel } from '../daemons/fleet';
import type { Notice } from '../health/incident';
import type { Instant } from '../health/report';
import { SEVERITY } from '../health/verdict';
import type { Settings } from '../settings';
import type { Span, SpeakerLease } from './lease';
import { isWanted, noticeMessage } from './messages';

const RESTART = 'Restart Daemon';
const DETAILS = 'Show Details';
const LOG = 'Show Log';
const SNOOZE = 'Snooze…';
const NEVER = "Don't Show Again";

const COMMAND: Readonly<Record<string, string>> = {
  [RESTART]: 'daemonHealth.restart',
  [DETAILS]: 'daemonHealth.showDetails',
  [LOG]: 'daemonHealth.showLog',
  [SNOOZE]: 'daemonHealth.snooze',
};

export interface NotifierDeps {
  readonly clock: Clock;
  readonly settings: Settings;
  readonly lease: SpeakerLease;
  /** The daemon as it is now; `undefined` when it is no longer watched. */
  readonly current: (origin: string) => DaemonModel | undefined;
}

/** Tells the user of an incident, once, in one window, with what helps now. */
export class Notifier {
  /** Held back by a snooze: told when it ends, if the incident has not. */
  readonly #held = new Map<string, Notice & { kind: 'reminder' }>();
  /** Incidents that this window told and that go on, by their key. */
  readonly #open = new Map<string, { readonly origin: string; readonly openedAt: Instant }>();

  constructor(private readonly deps: NotifierDeps) {}

  /**
   * Shows one notice, unless it is not wanted, snoozed, or another window's to tell.
   * @param openedAt when the incident began
   */
  async tell(model: DaemonModel, notice: Notice, openedAt: Instant): Promise<void> {
    const { origin } = model.daemon;
    if (!isWanted(notice, this.deps.settings.notifications())) return;
    if (model.snooze) {
      if (notice.kind === 'recovered') this.#held.delete(origin);
      else this.#held.set(origin, { ...notice, kind: 'reminder' });
      return;
    }
    const key = `${origin} ${notice.kind === 'recovered' ? 'recovered' : `${notice.kind} ${notice.state}`}`;
    const stillWanted = () => notice.kind === 'recovered' || this.#isOpen(origin);
    if (!(await this.deps.lease.maySpeak(key, stillWanted, this.#toldFor(notice, openedAt)))) return;
    if (notice.kind === 'problem') this.#open.set(key, { origin, openedAt });
    await this.#show(model, notice);
  }

  /** An incident is told once while it goes on, however soon the next one comes; so is the end of each. */
  #toldFor({ kind }: Notice, { wallAt: afterAt }: Instant): Span | undefined {
    if (kind === 'reminder') return undefined;
    return kind === 'problem' ? { afterAt } : { afterAt, byAt: this.deps.clock.now().wallAt };
  }

  /** Called after every poll: tells what a snooze held back, once it is over. */
  resume(): void {
    for (const [key, { origin, openedAt }] of this.#open) {
      if (this.deps.current(origin)?.track.incident?.openedAt === openedAt) continue;
      this.#open.delete(key);
      // Where no file can be written every window tells every incident.
      void this.deps.lease.over(key).catch(() => {});
    }
    for (const [origin, notice] of this.#held) {
      const model = this.deps.current(origin);
      if (model?.snooze && this.#isOpen(origin)) continue;
      this.#held.delete(origin);
      if (model && this.#isOpen(origin)) void this.tell(model, notice, notice.openedAt);
    }
  }

  #isOpen(origin: string): boolean {
    return this.deps.current(origin)?.track.incident !== undefined;
  }

  async #show(model: DaemonModel, notice: Notice): Promise<void> {
    const { level, text, offersRestart } = noticeMessage(model, notice, this.deps.clock.now());
    const buttons =
      notice.kind === 'recovered'
        ? [DETAILS]
        : [
            ...(offersRestart ? [RESTART] : []),
            DETAILS,
            LOG,
            SNOOZE,
            ...(SEVERITY[notice.state] === 'amber' ? [NEVER] : []),
          ];
    const choice = await show(level, text, buttons);
    if (choice === NEVER) await this.deps.settings.mute(notice.state);
    const command = choice === undefined ? undefined : COMMAND[choice];
    if (command !== undefined) await vscode.commands.executeCommand(command, model.daemon.origin);
  }
}

function show(
  level: 'error' | 'warning' | 'info',
  text: string,
  buttons: string[],
): Thenable<string | undefined> {
  switch (level) {
    case 'error':
      return vscode.window.showErrorMessage(text, ...buttons);
    case 'warning':
      return vscode.window.showWarningMessage(text, ...buttons);
    case 'info':
      return vscode.window.showInformationMessage(text, ...buttons);
  }
}
