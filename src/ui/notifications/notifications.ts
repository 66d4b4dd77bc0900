import type * as vscode from 'vscode';
import type { Clock } from '../../base/time';
import type { Settings } from '../../settings/settings';
import type { Claim, SpeakerLease } from '../../store/speakerTurn';
import { TELL_AGAIN_MS } from '../policy';
import { say } from '../shared/say';
import { labelsOf, press } from './buttons';
import { countdownText } from './countdownText';
import { GoingOn } from './goingOn';
import { HeldBack } from './heldBack';
import {
  claimsOf,
  endlessOf,
  isSame,
  isTrue,
  isWanted,
  type CountdownNotice,
  type Notice,
  type World,
} from './notice';
import { logLine, message } from './notificationsText';
import { Ticker } from './ticker';

export interface NotificationsDeps extends World {
  readonly clock: Clock;
  readonly settings: Pick<Settings, 'notifications'>;
  readonly lease: Pick<SpeakerLease, 'claim' | 'mark' | 'giveBack' | 'over' | 'seenOver'>;
  /** Runs a command that only messages offer. */
  readonly run: (command: string, targets: readonly unknown[]) => Promise<void>;
  readonly log: (line: string) => void;
  /** An error that nobody expected. */
  readonly onError: (where: string, error: unknown) => void;
}

interface Rejected {
  readonly group: readonly Notice[];
  readonly tries: number;
  /** Monotonic. */
  readonly dueMs: number;
}

/**
 * The one door to the user's attention: decides whether, when and where a notice is told, and tells it. All notices go
 * the same way: what is under way already, what the user wants, the turn of this window, and only then words.
 */
export class Notifications implements vscode.Disposable {
  /** On their way to the screen. */
  readonly #waiting = new Set<Notice>();
  /** Told by this window, and they go on. */
  readonly #open = new Map<string, Notice>();
  readonly #held = new HeldBack();
  #rejected: readonly Rejected[] = [];
  readonly #goingOn: GoingOn;
  readonly #ticker = new Ticker((error) => this.#onTickerRejected(error));
  /** Monotonic ms until which no countdown is shown: VS Code did not take the last one. */
  #tickerDueMs = -Infinity;

  constructor(private readonly deps: NotificationsDeps) {
    this.#goingOn = new GoingOn(deps.clock, deps.lease);
  }

  /** Tells a group in one message: all of it that is wanted, still true, and this window's to tell. */
  tell(group: readonly Notice[]): void {
    const fresh = group.filter(
      (notice, index) =>
        !this.#isUnderWay(notice) && group.findIndex((other) => isSame(other, notice)) === index,
    );
    for (const notice of fresh) this.#log(notice);
    for (const notice of fresh) if (notice.kind === 'recovered') this.#seeOver(notice.ended);
    this.#send(fresh, 0);
  }

  /** What has this key is not true any more: it is not told where that is still to come. */
  withdraw(key: string): void {
    for (const notice of this.#waiting) if (notice.key === key) this.#waiting.delete(notice);
    this.#held.withdraw(key);
    this.#rejected = this.#rejected.map(({ group, ...rest }) => ({
      ...rest,
      group: group.filter((notice) => notice.key !== key),
    }));
    this.#goingOn.withdraw(key);
    if (this.#open.delete(key)) this.#settle(this.deps.lease.over(key));
  }

  /** Other windows are not to tell these: what this window did tells them. */
  claim(claims: readonly Claim[]): void {
    if (claims.length > 0) this.#settle(this.deps.lease.mark(claims));
  }

  /**
   * Shows what goes on, in one notification that changes and closes by itself. To be called with everything that goes
   * on whenever its words change; what has ended is to be withdrawn.
   *
   * @param redraw calls this again: it has become this window's turn
   */
  goOn(notices: readonly CountdownNotice[], redraw: () => void): void {
    const isRejected = this.deps.clock.now().monotonicMs < this.#tickerDueMs;
    const wanted = notices.filter((notice) => !isRejected && this.#isWanted(notice));
    const ours = wanted.filter((notice) => this.#goingOn.isOurs(notice, redraw));
    this.#ticker.show(countdownText(ours.map(({ entry }) => entry)));
  }

  /** Called after every poll: tells what was held back or rejected, and is true. */
  update(): void {
    for (const [key, notice] of this.#open) {
      // How long a conflict must be gone to be over knows who watches it.
      if (notice.kind !== 'conflict' && !isTrue(notice, this.deps)) this.withdraw(key);
    }
    for (const group of this.#held.release(this.deps, this.deps.clock.now())) this.tell(group);
    const { monotonicMs } = this.deps.clock.now();
    const due = this.#rejected.filter(({ dueMs }) => monotonicMs >= dueMs);
    this.#rejected = this.#rejected.filter((each) => !due.includes(each));
    for (const { group, tries } of due) {
      this.#send(
        group.filter((notice) => isTrue(notice, this.deps)),
        tries,
      );
    }
  }

  dispose(): void {
    this.#waiting.clear();
    this.#goingOn.forget();
    this.#ticker.dispose();
  }

  #isUnderWay(notice: Notice): boolean {
    const open = this.#open.get(notice.key);
    const rejected = this.#rejected.flatMap(({ group }) => group);
    return [...this.#waiting, ...rejected, ...(open ? [open] : [])].some((other) => isSame(other, notice));
  }

  #send(group: readonly Notice[], tries: number): void {
    const wanted = group.filter((notice) => this.#isLetThrough(notice));
    if (wanted.length === 0) return;
    void this.#tellInTurn(wanted, tries).catch((error: unknown) => {
      for (const notice of wanted) this.#waiting.delete(notice);
      this.deps.onError('A notification', error);
    });
  }

  async #tellInTurn(group: readonly Notice[], tries: number): Promise<void> {
    const { lease } = this.deps;
    for (const notice of group) this.#waiting.add(notice);
    // What this window did is told at once, and nowhere else.
    const own = group.filter((notice) => notice.kind === 'outcome');
    this.claim(own.flatMap(({ tells }) => tells));
    const others = group.filter(({ kind }) => kind !== 'outcome');
    const claimed =
      others.length === 0 ? new Set() : await lease.claim(others, (key) => this.#isDue(others, key));
    const isOurs = (notice: Notice) => notice.kind === 'outcome' || claimed.has(notice.key);
    const due = group.filter((notice) => isOurs(notice) && this.#isStillDue(notice));
    const dropped = group.filter((notice) => claimed.has(notice.key) && !due.includes(notice));
    for (const notice of group) this.#waiting.delete(notice);
    if (dropped.length > 0) this.#settle(lease.giveBack(dropped.map(({ key }) => key)));
    if (due.length > 0) await this.#show(due, tries);
  }

  #isDue(group: readonly Notice[], key: string): boolean {
    return group.some(
      (notice) => notice.key === key && this.#waiting.has(notice) && isTrue(notice, this.deps),
    );
  }

  /** After the wait for the turn: a snooze or a setting may have come meanwhile, and it may be over. */
  #isStillDue(notice: Notice): boolean {
    return this.#waiting.has(notice) && isTrue(notice, this.deps) && this.#isLetThrough(notice);
  }

  /** Whether the user wants it, now. What goes on is held back by a snooze; of what has happened nothing is left to tell. */
  #isLetThrough(notice: Notice): boolean {
    if (this.#isWanted(notice)) return true;
    if (isWanted(notice, this.deps.settings.notifications())) this.#held.hold(notice);
    return false;
  }

  #isWanted(notice: Notice): boolean {
    if (notice.kind === 'outcome') return true;
    const { settings, current } = this.deps;
    return isWanted(notice, settings.notifications()) && !notice.daemonIds.some((id) => current(id)?.snooze);
  }

  async #show(group: readonly Notice[], tries: number): Promise<void> {
    const { clock, lease, onError } = this.deps;
    const goesOn = group.flatMap((notice) => endlessOf(notice).map((key) => [key, notice] as const));
    for (const [key, notice] of goesOn) this.#open.set(key, notice);
    const { level, text, offers } = message(group, clock.now());
    let choice: string | undefined;
    try {
      choice = await say(level, text, ...labelsOf(offers));
    } catch (error) {
      onError('VS Code did not take a notification', error);
      for (const [key] of goesOn) this.#open.delete(key);
      this.#settle(lease.giveBack(group.flatMap((notice) => claimsOf(notice).map(({ key }) => key))));
      const dueMs = clock.now().monotonicMs + TELL_AGAIN_MS * 2 ** tries;
      this.#rejected = [...this.#rejected, { group, tries: tries + 1, dueMs }];
      return;
    }
    await press(offers, choice, this.deps.run);
  }

  #onTickerRejected(error: unknown): void {
    const { clock, lease, onError } = this.deps;
    onError('VS Code did not take a countdown', error);
    this.#tickerDueMs = clock.now().monotonicMs + TELL_AGAIN_MS;
    this.#settle(lease.giveBack(this.#goingOn.forget()));
  }

  /** Another window may have told the incident and have seen too little of its end: the next one is told all the same. */
  #seeOver({ key, wellSinceAt }: Extract<Notice, { kind: 'recovered' }>['ended']): void {
    this.#settle(this.deps.lease.seenOver(key, wellSinceAt));
  }

  #log(notice: Notice): void {
    const line = logLine(notice, this.deps.clock.now());
    if (line !== undefined) this.deps.log(line);
  }

  /** Where no file can be written every window tells everything. */
  #settle(work: Promise<void>): void {
    void work.catch(() => undefined);
  }
}
