import { join } from 'node:path';
import type { Instant } from '../../../../src/base/time';
import type { Conflict } from '../../../../src/health/conflicts';
import type { Snooze } from '../../../../src/health/snooze';
import type { DaemonModel } from '../../../../src/model/daemonModel';
import type { NotificationSettings } from '../../../../src/settings/settings';
import type { Claim } from '../../../../src/store/speakerTurn';
import { incidentNotice } from '../../../../src/ui/notifications/noticeOf';
import type { Notice } from '../../../../src/ui/notifications/notice';
import type * as Door from '../../../../src/ui/notifications/notifications';
import { FakeScreen } from '../../../support/fakeScreen';
import { loadWith } from '../../../support/fakeVSCode';
import { FakeTime, wedgedReport, Watch } from '../../health/support';
import { modelOf } from '../support';

const FILE = join(__dirname, '../../../../src/ui/notifications/notifications');

/** The turn of a window that is alone, unless the test says what other windows told. */
class FakeLease {
  readonly told = new Set<string>();
  readonly over_: string[] = [];
  readonly marked: string[] = [];
  /** Set: nobody gets the turn before this is called. */
  waits: Promise<void> | undefined;

  async claim(claims: readonly Claim[], stillWanted: (key: string) => boolean): Promise<ReadonlySet<string>> {
    await this.waits;
    const ours = claims.map(({ key }) => key).filter((key) => !this.told.has(key));
    const wanted = ours.filter((key) => !this.waits || stillWanted(key));
    for (const key of wanted) this.told.add(key);
    return new Set(wanted);
  }

  mark(claims: readonly Claim[]): Promise<void> {
    for (const { key } of claims) this.marked.push(key);
    return Promise.resolve();
  }

  giveBack(keys: readonly string[]): Promise<void> {
    for (const key of keys) this.told.delete(key);
    return Promise.resolve();
  }

  over(key: string): Promise<void> {
    this.over_.push(key);
    this.told.delete(key);
    return Promise.resolve();
  }

  seenOver(): Promise<void> {
    return Promise.resolve();
  }
}

/** One window with its door, and daemons that are driven by hand. */
export class DoorWindow {
  readonly screen = new FakeScreen();
  readonly lease = new FakeLease();
  readonly time = new FakeTime();
  readonly log: string[] = [];
  readonly errors: string[] = [];
  readonly own: (readonly unknown[])[] = [];
  readonly daemons = new Map<string, Watch>();
  readonly snoozes = new Map<string, Snooze>();
  settings: NotificationSettings = { level: 'all', muted: [] };
  conflicts: readonly Conflict[] = [];
  readonly door: Door.Notifications;

  constructor(lease?: Door.NotificationsDeps['lease']) {
    const { Notifications } = loadWith<typeof Door>(this.screen.vscode, FILE);
    this.door = new Notifications({
      clock: this.time,
      settings: { notifications: () => this.settings },
      lease: lease ?? this.lease,
      current: (daemonId) => this.models().find(({ daemon }) => daemon.id === daemonId),
      conflicts: () => this.conflicts,
      run: (...call) => {
        this.own.push(call);
        return Promise.resolve();
      },
      log: (line) => this.log.push(line),
      onError: (where, error) => this.errors.push(`${where}: ${(error as Error).stack}`),
    });
  }

  models(): readonly DaemonModel[] {
    return [...this.daemons.keys()].map((name) => this.model(name));
  }

  model(name: string): DaemonModel {
    const port = 3_000 + [...this.daemons.keys()].indexOf(name);
    const snooze = this.snoozes.get(name);
    return { ...modelOf(this.daemons.get(name)!, name, port), ...(snooze && { snooze }) };
  }

  /** Moves time, also that of the daemons, in which nothing happens. */
  wait(ms: number): void {
    this.time.advance(ms);
  }

  /** A daemon that was up, and that nobody reaches now. @returns what there is to tell of that */
  fails(name: string): Notice {
    const watch = this.#watch(name);
    return this.#noticesOf(name, () => watch.repeat(3, 5_000, () => watch.fail('refused'))).at(-1)!;
  }

  hangs(name: string): Notice {
    const watch = this.#watch(name);
    return this.#noticesOf(name, () => watch.wait(5_000).answer(wedgedReport(watch.time, 3 * 60_000))).at(
      -1,
    )!;
  }

  /** @returns what there is to tell of that, at its end */
  recovers(name: string): Notice {
    const watch = this.daemons.get(name)!;
    return this.#noticesOf(name, () => watch.wait(5_000).stayHealthy(60_000)).at(-1)!;
  }

  now(): Instant {
    return this.time.now();
  }

  #watch(name: string): Watch {
    const watch = this.daemons.get(name) ?? Watch.healthy({ time: this.time });
    this.daemons.set(name, watch);
    return watch;
  }

  #noticesOf(name: string, happen: () => unknown): readonly Notice[] {
    const watch = this.daemons.get(name)!;
    const before = watch.notices.length;
    happen();
    return watch.notices
      .slice(before)
      .map(({ notice }) => incidentNotice(this.model(name), notice, this.now()));
  }
}
