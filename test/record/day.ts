import { join } from 'node:path';
import type { Product } from './bundle';
import { SimDaemon, type Kind } from './daemon';
import { HOME, Machine, PROJECT, type Window } from './machine';
import type { Fault } from './faults';
import { judge, type Disturbance, type Judgement, type Shown, type Told } from './oracle';
import { Prng } from './prng';
import { chance, type Digests } from './recorder';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export interface DayResult {
  readonly seed: number;
  readonly digests: Digests;
  readonly judgement: Judgement;
  /** The same, of its beginning only. */
  readonly early: Judgement;
  readonly lines: readonly string[];
}

interface Event {
  readonly atMs: number;
  readonly text: string;
  readonly act: () => void | Promise<void>;
}

/** What a day has of each: weights. */
const DAEMON_COUNTS = [1, 1, 1, 1, 1, 2, 2, 2, 3, 4] as const;
const POLL_INTERVALS_MS = [5 * SECOND_MS, 5 * SECOND_MS, 20 * SECOND_MS, MINUTE_MS] as const;
const KINDS: readonly Kind[] = ['smithy', 'smithy', 'dispatchd', 'dispatchd', 'ductor'];
/**
 * How long the machine is awake; it sleeps for the rest of the 24 h. What costs is the polls of an hour, and a short
 * day that is full of incidents shows more of them. Every tenth day is long: what is told by the hour needs it.
 */
const AWAKE_MS = 2 * HOUR_MS;
const LONG_AWAKE_MS = 5 * HOUR_MS;
const LONG_DAYS = 10;
/** What `npm test` plays of its days. */
export const EARLY_MS = 40 * MINUTE_MS;
/**
 * Days up to this seed are as they were when only they were kept. The days after them have more: what they draw besides
 * comes from a row of chance of its own.
 */
const FIRST_DAYS = 200;

const INCIDENTS = [
  'hangs',
  'hangs',
  'hangs, only its times tell',
  'hangs, nothing tells',
  'hangs, its flag says no',
  'stops its loop',
  'is stuck',
  'is paused',
  'is unavailable',
  'dies',
  'dies',
  'restarts',
  'restarts and loses its work',
  'flaps',
  'is slow',
  'is too slow',
  'has a status that hangs',
  'is frozen',
  'never accepts',
  'resets connections',
  'answers errors',
  'answers HTML',
  'wants a password',
] as const;
/** Of the days after the first ones, besides. */
const MORE_INCIDENTS = [
  'hangs, only its flag tells',
  'hangs with a stuck queue',
  'hangs and clears for seconds',
  'completes no cycle',
  'is frozen for seconds',
  'dispatches nothing',
  'dispatches nothing',
  'stays paused past its reset',
  'fails twice within two minutes',
  'restarts twice within two minutes',
  'is back for seconds',
  'loses its port',
] as const;
type Incident = (typeof INCIDENTS)[number] | (typeof MORE_INCIDENTS)[number];

/** One day of one machine, all of it decided by its seed. @param untilMs plays its beginning only */
export function runDay(seed: number, product: Product, untilMs = Infinity): Promise<DayResult> {
  return new Day(seed, product).run(untilMs);
}

class Day {
  readonly #random: Prng;
  /** What only the days after the first ones have. */
  readonly #more: Prng | undefined;
  readonly #machine: Machine;
  readonly #daemons: {
    daemon: SimDaemon;
    pollMs: number;
    shown: Shown[];
    told: Told[];
    toldLives: Told[];
  }[] = [];
  readonly #events: Event[] = [];
  readonly #focused: [number, number][] = [];
  /** Who wakes the machine looks at it, and so does who works beside a daemon that fails. */
  readonly #looked: number[] = [];
  /** In window B. */
  readonly #focusedElsewhere: [number, number][] = [];
  readonly #disturbed: Disturbance[] = [];
  readonly #settings: Record<string, unknown>;
  readonly #awakeMs: number;
  /** What the status item of window A said. */
  readonly #item: Told[] = [];
  /** What was told of so many daemons that it names none. */
  readonly #toldOfMany: Told[] = [];
  #openedMs = 0;
  #silencedMs = Infinity;
  #first: Window | undefined;
  #second: Window | undefined;

  constructor(
    private readonly seed: number,
    product: Product,
  ) {
    this.#random = new Prng(seed);
    if (seed > FIRST_DAYS) this.#more = new Prng(seed * 1_000_003);
    this.#awakeMs = seed % LONG_DAYS === 0 ? LONG_AWAKE_MS : AWAKE_MS;
    this.#machine = new Machine({
      seed,
      product,
      onRecord: (part, window, text) => {
        if (part === 'messages') this.#hear(text);
        if (part === 'status' && window === 'A') this.#item.push({ atMs: this.#machine.time.passedMs, text });
      },
      runTask: (command, env) => this.#start(command, env),
    });
    this.#settings = { daemons: this.#makeDaemons() };
    if (this.#random.chance(0.1)) this.#settings.notifications = 'errors';
    if (this.#random.chance(0.3)) this.#settings.discovery = false;
  }

  async run(untilMs: number): Promise<DayResult> {
    const machine = this.#machine;
    const endMs = Math.min(this.#awakeMs, untilMs);
    try {
      for (const { daemon } of this.#daemons) daemon.begin();
      this.#plan();
      this.#events.sort((a, b) => a.atMs - b.atMs);
      if (this.#openedMs === 0) this.#first = this.#open('A', true);
      for (const { atMs, text, act } of this.#events) {
        if (atMs >= endMs) break;
        await machine.runUntil(atMs);
        machine.recorder.note(text);
        await act();
        await machine.time.settle();
      }
      await machine.runUntil(endMs);
      for (const window of machine.windows) if (!window.loop.isOver) await machine.close(window);
      const digests = machine.recorder.end();
      const judgement = this.#judge(endMs);
      const early = this.#judge(Math.min(endMs, EARLY_MS));
      return { seed: this.seed, digests, judgement, early, lines: machine.recorder.lines };
    } finally {
      machine.dispose();
    }
  }

  /** By all that was until then, and by nothing that came later. */
  #judge(endMs: number): Judgement {
    const startMs = this.#machine.time.at(0);
    const until = <T extends { readonly atMs: number }>(all: readonly T[]) =>
      all.filter(({ atMs }) => atMs < endMs);
    const since = <T extends { readonly fromMs: number }>(all: readonly T[]) =>
      all.map((one) => ({ ...one, fromMs: one.fromMs - startMs })).filter(({ fromMs }) => fromMs < endMs);
    return judge(
      this.#daemons.map(({ daemon, pollMs, shown, told, toldLives }) => ({
        name: daemon.name,
        namesLives: daemon.kind === 'dispatchd',
        pollMs,
        truths: since(daemon.truths).map(({ provenMs, ...truth }) => ({
          ...truth,
          ...(provenMs !== undefined && { provenMs: provenMs - startMs }),
        })),
        lives: since(daemon.lives),
        shown: until(shown),
        told: until(this.#toldOf(shown, told)),
        toldLives: until(toldLives),
      })),
      {
        focused: this.#focused.map(([fromMs, toMs]) => [fromMs, this.#takenMs(fromMs, toMs)] as const),
        disturbed: this.#disturbed.filter(({ fromMs }) => fromMs < endMs),
        openedMs: this.#openedMs,
        silencedMs: this.#silencedMs,
        item: until(this.#item),
        tellsAll: this.#settings.notifications === undefined,
        requests: this.#statusRequests().filter(({ minute }) => (minute + 1) * MINUTE_MS <= endMs),
        endMs,
      },
    );
  }

  #makeDaemons(): object[] {
    const random = this.#random;
    const count = random.pick(DAEMON_COUNTS);
    const shared = random.chance(0.1) || (this.#more?.chance(0.1) ?? false);
    const entries: object[] = [];
    let hasDuctor = false;
    for (let index = 0; index < count; index++) {
      let kind = random.pick(KINDS);
      // One home has the files of one ductor.
      if (kind === 'ductor' && hasDuctor) kind = 'smithy';
      hasDuctor ||= kind === 'ductor';
      const name = `${kind}${index + 1}`;
      const port = kind === 'ductor' ? 8_799 : 4_000 + index;
      const folder = shared || index === 0 ? PROJECT : join(HOME, `other${index}`);
      const daemon = new SimDaemon(this.#machine, name, kind, port, folder);
      const pollMs = random.pick(POLL_INTERVALS_MS);
      if (this.#more) {
        daemon.flagsByWall = this.#more.chance(0.5);
        daemon.bootMs = this.#more.pick([0, 1_500, 14_000, 20_000]);
      }
      this.#daemons.push({ daemon, pollMs, shown: [], told: [], toldLives: [] });
      entries.push({
        name,
        url: `http://127.0.0.1:${port}`,
        ...(random.chance(0.8) && { kind }),
        pollIntervalMs: pollMs,
        restart: { command: 'start', args: [name] },
      });
    }
    return entries;
  }

  #plan(): void {
    for (const { daemon } of this.#daemons) {
      this.#planDaemon(daemon);
      if (daemon.kind !== 'smithy' || this.#random.chance(0.3)) this.#planSessions(daemon);
    }
    this.#planFocus();
    this.#planMachine();
    this.#planUser();
    if (this.#more) this.#planMore(this.#more);
  }

  /** How a day begins, and what befalls several daemons at once. */
  #planMore(more: Prng): void {
    for (const fromMs of this.#looked) this.#look(fromMs);
    const [first, ...others] = this.#daemons.map(({ daemon }) => daemon);
    const all = [first!, ...others];
    const late = all.findLast(({ kind }) => kind !== 'ductor');
    if (more.chance(0.25)) {
      this.#openedMs = more.int(75, 110) * SECOND_MS;
      this.#at(2_000, `${first!.name} hangs before the window opens`, () =>
        first!.hang('hung loop before the window opens'),
      );
      this.#at(this.#openedMs, 'window A opens', () => void (this.#first = this.#open('A', true)));
      const lastsMs = more.chance(0.6) ? more.int(4_000, 14_000) : more.int(MINUTE_MS, 3 * MINUTE_MS);
      this.#at(this.#openedMs + lastsMs, `${first!.name} is well again`, () => first!.heal());
    } else if (late && more.chance(0.3)) {
      late.isNotThereYet();
      this.#at(more.int(2 * MINUTE_MS, 20 * MINUTE_MS), `${late.name} is there`, () => late.heal());
    }
    const atMs = more.int(3 * MINUTE_MS, this.#awakeMs);
    const lastsMs = more.int(2 * MINUTE_MS, 6 * MINUTE_MS);
    if (all.length > 1 && more.chance(0.4)) {
      this.#at(atMs, 'all daemons die at once', () => all.forEach((one) => one.die('all die at once')));
      this.#at(atMs + lastsMs, 'all are well again', () => all.forEach((one) => one.heal()));
    }
    for (const command of ['stop', 'restart']) {
      if (chance(this.seed, command) > 0.3) continue;
      const commandMs = (4 + 30 * chance(this.seed, command, 'when')) * MINUTE_MS;
      this.#at(commandMs, `the user runs ${command} on ${first!.name}`, () => {
        void this.#first?.vscode.run(`daemonHealth.${command}`, `http://127.0.0.1:${first!.port}`);
      });
    }
    const twins = all.filter(({ kind, folder }) => kind === 'smithy' && folder === PROJECT);
    if (twins.length > 1) {
      const stuckMs = more.int(3 * MINUTE_MS, this.#awakeMs / 2);
      this.#at(stuckMs, 'the smithys of one database are stuck', () =>
        twins.forEach((one) => one.isUp && one.starve('two of one database stuck')),
      );
      this.#at(stuckMs + 2 * lastsMs, 'they are well again', () => twins.forEach((one) => one.heal()));
    }
  }

  #at(atMs: number, text: string, act: Event['act']): void {
    this.#events.push({ atMs, text, act });
  }

  #planDaemon(daemon: SimDaemon): void {
    const random = this.#random;
    let atMs = random.int(2 * MINUTE_MS, 12 * MINUTE_MS);
    while (atMs < this.#awakeMs) {
      const isMore = this.#more?.chance(0.5) ?? false;
      const incident: Incident = isMore ? random.pick(MORE_INCIDENTS) : random.pick(INCIDENTS);
      const drawnMs = random.chance(0.3)
        ? random.int(3_000, 40_000)
        : random.int(MINUTE_MS, this.#awakeMs / 12);
      const lastsMs = isMore ? this.#lastsMs(incident, drawnMs) : drawnMs;
      this.#incident(daemon, incident, atMs, lastsMs);
      atMs += lastsMs + random.int(2 * MINUTE_MS, this.#awakeMs / 10);
    }
  }

  /** What shows only after a while lasts for longer. */
  #lastsMs(incident: Incident, drawnMs: number): number {
    switch (incident) {
      case 'dispatches nothing':
        return 12 * MINUTE_MS + drawnMs;
      case 'stays paused past its reset':
        return 5 * MINUTE_MS + drawnMs;
      case 'hangs and clears for seconds':
      case 'is back for seconds':
      case 'fails twice within two minutes':
      case 'restarts twice within two minutes':
        return 4 * MINUTE_MS;
      default:
        return drawnMs;
    }
  }

  #incident(daemon: SimDaemon, incident: Incident, atMs: number, lastsMs: number): void {
    const random = this.#random;
    const { name } = daemon;
    const begin = (act: () => void) =>
      this.#at(atMs, `${name} ${incident}`, () => void (daemon.isUp && act()));
    const hang = (tells: SimDaemon['tells'], fault?: Fault) =>
      begin(() => {
        daemon.tells = tells;
        daemon.hang(fault);
      });
    const away = (fault: Fault, fromMs: number, awayMs: number, back = {}) => {
      this.#at(fromMs, `${name} is away`, () => daemon.die(fault));
      this.#at(fromMs + awayMs, `${name} is back`, () => void (!daemon.isUp && daemon.begin(back)));
    };
    const behave = (manner: SimDaemon['manner']) => begin(() => daemon.behave(manner));
    this.#at(atMs + lastsMs, `${name} is well again`, () => daemon.heal());
    switch (incident) {
      case 'hangs':
        return hang('flag');
      case 'hangs, only its times tell':
        return hang('times');
      case 'hangs, nothing tells':
        return hang('nothing');
      case 'hangs, its flag says no':
        return hang('falseFlag');
      case 'stops its loop':
        return begin(() => daemon.stopLoop());
      case 'is stuck':
        return begin(() => daemon.starve());
      case 'is paused': {
        const pausedForMs = random.int(MINUTE_MS, 40 * MINUTE_MS);
        return begin(() => daemon.rest({ pausedUntilMs: this.#machine.time.monotonicMs + pausedForMs }));
      }
      case 'is unavailable':
        return begin(() => daemon.rest({ unavailable: 'no git repository' }));
      case 'dies':
        return begin(() => daemon.die());
      case 'restarts':
      case 'restarts and loses its work': {
        const awayMs = random.int(1_500, 20_000);
        begin(() => daemon.die('restart by hand'));
        return this.#at(atMs + awayMs, `${name} is back`, () => {
          if (!daemon.isUp) daemon.begin({ resumes: incident === 'restarts' });
        });
      }
      case 'flaps': {
        for (let index = 0; index < random.int(4, 14); index++) {
          const fromMs = atMs + index * 25_000;
          const awayMs = random.int(4_000, 16_000);
          this.#at(fromMs, `${name} flaps: away`, () => daemon.die('flapping'));
          this.#at(fromMs + awayMs, `${name} flaps: back`, () => void (!daemon.isUp && daemon.begin()));
        }
        return;
      }
      case 'is slow':
        return behave('slow');
      case 'is too slow':
        return behave('tooSlow');
      case 'has a status that hangs':
        return behave('statusHangs');
      case 'is frozen':
        return behave('frozen');
      case 'never accepts':
        return behave('neverAccepts');
      case 'resets connections':
        return behave('resets');
      case 'answers errors':
        return behave('error500');
      case 'answers HTML':
        return behave('html');
      case 'wants a password':
        return behave('unauthorised');
      case 'hangs, only its flag tells':
        return hang('onlyFlag');
      case 'hangs with a stuck queue':
        return begin(() => {
          daemon.queue = { ready: 3, free: 0 };
          daemon.hang('hung loop with a stuck queue');
        });
      case 'hangs and clears for seconds': {
        const fault = 'hung loop that clears for seconds';
        hang('flag', fault);
        return this.#at(atMs + 90_000, `${name} clears and hangs again`, () => {
          if (!daemon.isUp) return;
          daemon.release();
          daemon.hang(fault);
        });
      }
      case 'completes no cycle':
        return begin(() => daemon.cycleInVain());
      case 'is frozen for seconds': {
        begin(() => daemon.behave('frozen', 'frozen for seconds'));
        return this.#at(atMs + random.int(8_000, 14_000), `${name} goes on`, () => daemon.heal());
      }
      case 'dispatches nothing':
        return begin(() => daemon.dispatchNothing());
      case 'stays paused past its reset': {
        const pausedForMs = random.int(20_000, 100_000);
        return begin(() => daemon.rest({ pausedUntilMs: this.#machine.time.monotonicMs + pausedForMs }));
      }
      case 'fails twice within two minutes': {
        const [firstMs, wellMs] = [random.int(16_000, 22_000), random.int(52_000, 70_000)];
        this.#looked.push(atMs - 2_000);
        away('dead process', atMs, firstMs);
        return away('second outage', atMs + firstMs + wellMs, random.int(60_000, 120_000));
      }
      case 'restarts twice within two minutes': {
        const back = { resumes: false, forgets: true };
        const work = (fromMs: number) =>
          this.#at(fromMs, `${name} starts a session`, () => daemon.startSession('named', 20 * MINUTE_MS));
        work(atMs - 40_000);
        away('restart by hand', atMs, 3_000, back);
        work(atMs + 20_000);
        return away('second restart', atMs + 75_000, 3_000, back);
      }
      case 'is back for seconds': {
        const [firstMs, wellMs] = [random.int(16_000, 22_000), random.int(22_000, 28_000)];
        this.#looked.push(atMs - 2_000);
        away('dead process', atMs, firstMs);
        return away('back for seconds', atMs + firstMs + wellMs, random.int(25_000, 60_000));
      }
      case 'loses its port':
        begin(() => daemon.die('port taken'));
        return this.#at(atMs + 3_000, `another program takes the port of ${name}`, () =>
          daemon.loseItsPort(),
        );
    }
  }

  #planSessions(daemon: SimDaemon): void {
    const random = this.#random;
    let atMs = random.int(MINUTE_MS, 30 * MINUTE_MS);
    while (atMs < this.#awakeMs) {
      const timeoutMs = random.int(90 * SECOND_MS, 20 * MINUTE_MS);
      const kind = random.chance(0.5) ? 'named' : 'foreground';
      this.#at(atMs, `${daemon.name} starts a session of ${timeoutMs} ms`, () =>
        daemon.startSession(kind, timeoutMs),
      );
      const ends = random.next();
      const beforeMs = random.int(3_000, 50_000);
      if (ends < 0.4)
        this.#at(atMs + timeoutMs - beforeMs, `${daemon.name} extends it`, () => daemon.extendSession());
      else if (ends < 0.8)
        this.#at(atMs + timeoutMs - beforeMs, `${daemon.name} ends it`, () => daemon.endSession());
      atMs += random.int(10 * MINUTE_MS, 60 * MINUTE_MS);
    }
  }

  /** One window has the focus for some minutes at a time, the other one for others. */
  #planFocus(): void {
    const random = this.#random;
    const hasSecond = random.chance(0.4);
    this.#focus(0, 8 * MINUTE_MS, 'A');
    if (hasSecond) {
      const fromMs = random.int(10 * MINUTE_MS, HOUR_MS);
      const toMs = fromMs + random.int(15 * MINUTE_MS, 40 * MINUTE_MS);
      this.#at(fromMs, 'window B opens', () => void (this.#second = this.#open('B', false)));
      const crashes = random.chance(0.3);
      this.#at(toMs, `window B ${crashes ? 'crashes' : 'closes'}`, async () => {
        if (this.#second) await this.#machine.close(this.#second, { crashes });
        this.#second = undefined;
      });
      const focusMs = random.int(MINUTE_MS, 10 * MINUTE_MS);
      this.#focus(fromMs + MINUTE_MS, Math.min(toMs, fromMs + MINUTE_MS + focusMs), 'B');
    }
    for (
      let atMs = random.int(20, 40) * MINUTE_MS;
      atMs < this.#awakeMs;
      atMs += random.int(20, 60) * MINUTE_MS
    ) {
      this.#focus(atMs, atMs + random.int(2, 10) * MINUTE_MS, 'A');
    }
  }

  /** The user looks for some minutes, unless a window has the focus then. */
  #look(fromMs: number): void {
    const toMs = fromMs + 4 * MINUTE_MS;
    const isFree = [...this.#focused, ...this.#focusedElsewhere].every(
      ([from, to]) => to < fromMs || from > toMs,
    );
    if (isFree) this.#focus(fromMs, toMs, 'A');
  }

  /** When window B takes the focus of window A, at the latest when A loses it. */
  #takenMs(fromMs: number, toMs: number): number {
    return Math.min(toMs, ...this.#focusedElsewhere.map(([from]) => from).filter((from) => from > fromMs));
  }

  #focus(fromMs: number, toMs: number, name: 'A' | 'B'): void {
    (name === 'A' ? this.#focused : this.#focusedElsewhere).push([fromMs, toMs]);
    const window = () => (name === 'A' ? this.#first : this.#second);
    const other = () => (name === 'A' ? this.#second : this.#first);
    if (fromMs > 0) {
      this.#at(fromMs, `window ${name} gets the focus`, () => {
        other()?.vscode.focus(false);
        window()?.vscode.focus(true);
      });
    }
    this.#at(toMs, `window ${name} loses the focus`, () => window()?.vscode.focus(false));
  }

  #planMachine(): void {
    const random = this.#random;
    const { time, processes } = this.#machine;
    // The night, and now and then a break: together with them a day is a day.
    const nightMs = random.int(15 * MINUTE_MS, this.#awakeMs - 20 * MINUTE_MS);
    const breaks = random.int(0, 2);
    const breakMs = random.int(10 * SECOND_MS, HOUR_MS);
    const sleep = (atMs: number, ms: number) => {
      this.#disturbed.push({ fromMs: atMs, toMs: atMs + 30 * SECOND_MS, by: 'sleep' });
      this.#at(atMs, `the machine sleeps for ${ms} ms`, () => time.sleep(ms));
      this.#looked.push(atMs + 300);
    };
    sleep(nightMs, DAY_MS - this.#awakeMs - breaks * breakMs);
    for (let index = 0; index < breaks; index++) sleep(random.int(MINUTE_MS, this.#awakeMs), breakMs);
    for (let index = random.int(0, 2); index > 0; index--) {
      const byMs = random.pick([-HOUR_MS, -MINUTE_MS, 90 * SECOND_MS, HOUR_MS, DAY_MS, -DAY_MS]);
      const atMs = random.int(MINUTE_MS, this.#awakeMs);
      this.#disturbed.push({
        fromMs: atMs,
        toMs: atMs + MINUTE_MS,
        by: byMs < 0 ? 'clock set back' : 'clock set',
      });
      this.#at(atMs, `the clock is set by ${byMs} ms`, () => time.setClock(byMs));
    }
    for (let index = random.int(0, 2); index > 0; index--) {
      const atMs = random.int(MINUTE_MS, this.#awakeMs);
      const lastsMs = random.int(30 * SECOND_MS, 4 * MINUTE_MS);
      this.#disturbed.push({ fromMs: atMs, toMs: atMs + lastsMs, by: 'starved machine' });
      const latencies = this.#daemons.map(() => random.pick([300, 2_500, 5_500, 9_000]));
      this.#at(atMs, 'the machine is starved', () => {
        processes.runnable = 40;
        this.#daemons.forEach(({ daemon }, nth) => {
          daemon.latencyMs = latencies[nth]!;
          if (daemon.pid !== undefined) processes.setState(daemon.pid, 'R');
        });
      });
      this.#at(atMs + lastsMs, 'the machine is free again', () => {
        processes.runnable = 1;
        for (const { daemon } of this.#daemons) {
          daemon.latencyMs = 4;
          if (daemon.pid !== undefined) processes.setState(daemon.pid, 'S');
        }
      });
    }
    for (let index = random.int(0, 3); index > 0; index--) {
      const atMs = random.int(MINUTE_MS, this.#awakeMs);
      const lastsMs = random.int(800, 40 * SECOND_MS);
      this.#disturbed.push({ fromMs: atMs, toMs: atMs + lastsMs, by: 'editor stands still' });
      this.#at(atMs, `window A stands still for ${lastsMs} ms`, () => {
        if (this.#first) this.#first.loop.stalledUntilMs = time.monotonicMs + lastsMs;
      });
    }
  }

  /** What the user does without being asked. */
  #planUser(): void {
    const random = this.#random;
    const commands = [
      'refresh',
      'snooze',
      'showDetails',
      'copyDiagnostics',
      'showLog',
      'keepEvidence',
      'restart',
      'stop',
    ];
    for (let index = random.int(0, 4); index > 0; index--) {
      const command = random.pick(commands);
      const target = random.pick(this.#daemons).daemon;
      this.#at(random.int(MINUTE_MS, this.#awakeMs), `the user runs ${command} on ${target.name}`, () => {
        void this.#first?.vscode.run(`daemonHealth.${command}`, `http://127.0.0.1:${target.port}`);
      });
    }
  }

  #open(name: string, isFirst: boolean): Window {
    const window = this.#machine.open({
      name,
      settings: this.#settings,
      isFocused: isFirst,
      isTreeVisible: isFirst || this.#random.chance(0.5),
      workspace: isFirst ? 'project' : 'second',
      react: (_question, choices, isModal) => this.#react(choices, isModal),
    });
    if (isFirst) {
      window.vscode.tree.onTop = (rows) => {
        for (const { daemon, shown } of this.#daemons) {
          const row = rows.find(({ label }) => label === daemon.name);
          const colour = row?.colour ?? 'plain';
          const isGreen = row?.icon === 'pulse' && colour === 'plain';
          const last = shown.at(-1);
          if (last?.colour === colour && last.isGreen === isGreen) continue;
          shown.push({ atMs: this.#machine.time.passedMs, colour, isGreen });
        }
      };
    }
    return window;
  }

  /** By the moment, not by the words: another word is no other day. */
  #react(choices: readonly string[], isModal: boolean): { pick: string | undefined; afterMs: number } {
    const atMs = Math.round(this.#machine.time.passedMs / 1_000);
    const drawn = chance(this.seed, 'reaction', atMs);
    const afterMs = 2_000 + Math.floor(20_000 * chance(this.seed, 'after', atMs));
    const pick = choices[Math.floor(choices.length * chance(this.seed, 'choice', atMs))];
    if (isModal) return { pick: drawn < 0.7 ? choices[0] : undefined, afterMs: 3_000 };
    return { pick: drawn < 0.35 ? pick : undefined, afterMs };
  }

  /** What is told of daemons, and what the user answers to it. */
  #hear(text: string): void {
    const { passedMs: atMs } = this.#machine.time;
    if (HOLDS_BACK.test(text)) this.#silencedMs = Math.min(this.#silencedMs, atMs);
    const [, level, said = ''] = /^(error|warning|info): (.*)/.exec(text) ?? [];
    if (level === undefined) return;
    const told = { atMs, text: said.slice(0, 60) };
    const named = (name: string | undefined) => this.#daemons.find(({ daemon }) => daemon.name === name);
    named(NEW_LIFE.exec(said)?.[1])?.toldLives.push(told);
    if (level === 'info') return;
    named(RED.exec(said)?.[1])?.told.push(told);
    const together = RED_TOGETHER.exec(said);
    if (!together) return;
    const names = together[1]?.split(/, | and /);
    if (!names) this.#toldOfMany.push(told);
    for (const { daemon, told: before } of this.#daemons) if (names?.includes(daemon.name)) before.push(told);
  }

  /** Of many a message names none: it tells all that are red then, or drawn red a moment later, and were not told since. */
  #toldOf(shown: readonly Shown[], named: readonly Told[]): readonly Told[] {
    const told = [...named];
    for (const ofMany of this.#toldOfMany) {
      const byMs = ofMany.atMs + SECOND_MS;
      const then = shown.filter(({ atMs }) => atMs <= byMs);
      if (then.at(-1)?.colour !== 'red') continue;
      const redMs = then.findLast(({ colour }) => colour !== 'red')?.atMs ?? 0;
      // Red again so soon it is the incident that was told, and one of the others is meant.
      const lastRed = then.findLastIndex(({ atMs, colour }) => colour === 'red' && atMs < redMs);
      const [from, to] = [then[lastRed], then[lastRed + 1]];
      const isAgain =
        lastRed >= 0 &&
        then.at(-1)!.atMs - to!.atMs < MINUTE_MS &&
        told.some(({ atMs }) => atMs >= from!.atMs - SECOND_MS && atMs < to!.atMs);
      if (isAgain) continue;
      if (!told.some(({ atMs }) => atMs > redMs && atMs < ofMany.atMs)) told.push(ofMany);
    }
    return told.sort((one, other) => one.atMs - other.atMs);
  }

  /** A start command runs. */
  #start(command: string, env: Readonly<Record<string, string>>): number | undefined {
    const found = this.#daemons.find(({ daemon }) => command.endsWith(` ${daemon.name}`));
    if (!found || found.daemon.isUp) return undefined;
    return found.daemon.begin({ by: 'a window', env });
  }

  /** In minutes in which window A had the focus throughout. */
  #statusRequests(): { name: string; minute: number; count: number }[] {
    return this.#machine.recorder.lines.flatMap((line) => {
      const [, hours, minutes, name, count] = STATUS_REQUESTS.exec(line) ?? [];
      const minute = 60 * Number(hours) + Number(minutes);
      const [fromMs, toMs] = [minute * MINUTE_MS, (minute + 1) * MINUTE_MS];
      if (name === undefined || !this.#focused.some(([from, to]) => from <= fromMs && toMs <= to)) return [];
      return [{ name, minute, count: Number(count) }];
    });
  }
}

const STATUS_REQUESTS =
  /^(\d\d):(\d\d)\S+ requests net: A asked (\S+): GET (?:\/api\/daemon\/status|\/interagent\/health) \((\d+) in/;
const RED = /^(\S+?)(?: is|:)(?: still)? (?:wedged|unresponsive|unreachable|failing)\b/;
const RED_TOGETHER = /^\d+ daemons\b.*?\b(?:wedged|unresponsive|unreachable|failing)\b[^:.]*(?:: ([^.]+))?\./;
/** Not the outcome of a restart from here: "restarted in 4.2 s". */
const NEW_LIFE = /^(\S+) (?:seems to have )?restarted\b(?! in )/;
/** The user picks a length of a snooze, or never to be told again. */
const HOLDS_BACK = /^> .*(?:snooze|minute|hour|until|again)/i;
