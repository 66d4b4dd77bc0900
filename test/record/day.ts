import { join } from 'node:path';
import type { Product } from './bundle';
import { SimDaemon, type Kind } from './daemon';
import { HOME, Machine, PROJECT, type Window } from './machine';
import { judge, type Judgement, type Shown } from './oracle';
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
type Incident = (typeof INCIDENTS)[number];

/** One day of one machine, all of it decided by its seed. */
export function runDay(seed: number, product: Product): Promise<DayResult> {
  return new Day(seed, product).run();
}

class Day {
  readonly #random: Prng;
  readonly #machine: Machine;
  readonly #daemons: {
    daemon: SimDaemon;
    pollMs: number;
    shown: Shown[];
    told: { atMs: number; text: string }[];
  }[] = [];
  readonly #events: Event[] = [];
  readonly #focused: [number, number][] = [];
  readonly #disturbed: [number, number][] = [];
  readonly #starved: [number, number][] = [];
  readonly #settings: Record<string, unknown>;
  readonly #awakeMs: number;
  #first: Window | undefined;
  #second: Window | undefined;

  constructor(
    private readonly seed: number,
    product: Product,
  ) {
    this.#random = new Prng(seed);
    this.#awakeMs = seed % LONG_DAYS === 0 ? LONG_AWAKE_MS : AWAKE_MS;
    this.#machine = new Machine({
      seed,
      product,
      onRecord: (part, _window, text) => part === 'messages' && this.#hear(text),
      runTask: (command, env) => this.#start(command, env),
    });
    this.#settings = { daemons: this.#makeDaemons() };
    if (this.#random.chance(0.1)) this.#settings.notifications = 'errors';
    if (this.#random.chance(0.3)) this.#settings.discovery = false;
  }

  async run(): Promise<DayResult> {
    const machine = this.#machine;
    try {
      for (const { daemon } of this.#daemons) daemon.begin();
      this.#plan();
      this.#events.sort((a, b) => a.atMs - b.atMs);
      this.#first = this.#open('A', true);
      for (const { atMs, text, act } of this.#events) {
        if (atMs >= this.#awakeMs) break;
        await machine.runUntil(atMs);
        machine.recorder.note(text);
        await act();
        await machine.time.settle();
      }
      await machine.runUntil(this.#awakeMs);
      for (const window of machine.windows) if (!window.loop.isOver) await machine.close(window);
      const digests = machine.recorder.end();
      const start = machine.time.at(0);
      const judgement = judge(
        this.#daemons.map(({ daemon, pollMs, shown, told }) => ({
          name: daemon.name,
          pollMs,
          truths: daemon.truths.map((truth) => ({
            ...truth,
            fromMs: truth.fromMs - start,
            ...(truth.provenMs !== undefined && { provenMs: truth.provenMs - start }),
          })),
          shown,
          told,
        })),
        {
          focused: this.#focused,
          disturbed: this.#disturbed,
          starved: this.#starved,
          requests: this.#statusRequests(),
          endMs: this.#awakeMs,
        },
      );
      return { seed: this.seed, digests, judgement, lines: machine.recorder.lines };
    } finally {
      machine.dispose();
    }
  }

  #makeDaemons(): object[] {
    const random = this.#random;
    const count = random.pick(DAEMON_COUNTS);
    const shared = random.chance(0.1);
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
      this.#daemons.push({ daemon, pollMs, shown: [], told: [] });
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
  }

  #at(atMs: number, text: string, act: Event['act']): void {
    this.#events.push({ atMs, text, act });
  }

  #planDaemon(daemon: SimDaemon): void {
    const random = this.#random;
    let atMs = random.int(2 * MINUTE_MS, 12 * MINUTE_MS);
    while (atMs < this.#awakeMs) {
      const incident = random.pick(INCIDENTS);
      const lastsMs = random.chance(0.3)
        ? random.int(3_000, 40_000)
        : random.int(MINUTE_MS, this.#awakeMs / 12);
      this.#incident(daemon, incident, atMs, lastsMs);
      atMs += lastsMs + random.int(2 * MINUTE_MS, this.#awakeMs / 10);
    }
  }

  #incident(daemon: SimDaemon, incident: Incident, atMs: number, lastsMs: number): void {
    const random = this.#random;
    const { name } = daemon;
    const begin = (act: () => void) =>
      this.#at(atMs, `${name} ${incident}`, () => void (daemon.isUp && act()));
    const hang = (tells: SimDaemon['tells']) =>
      begin(() => {
        daemon.tells = tells;
        daemon.hang();
      });
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
        begin(() => daemon.die());
        return this.#at(atMs + awayMs, `${name} is back`, () => {
          if (!daemon.isUp) daemon.begin({ resumes: incident === 'restarts' });
        });
      }
      case 'flaps': {
        for (let index = 0; index < random.int(4, 14); index++) {
          const fromMs = atMs + index * 25_000;
          const awayMs = random.int(4_000, 16_000);
          this.#at(fromMs, `${name} flaps: away`, () => daemon.die());
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

  #focus(fromMs: number, toMs: number, name: 'A' | 'B'): void {
    if (name === 'A') this.#focused.push([fromMs, toMs]);
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
      this.#disturbed.push([atMs, atMs + 30 * SECOND_MS]);
      this.#at(atMs, `the machine sleeps for ${ms} ms`, () => time.sleep(ms));
    };
    sleep(nightMs, DAY_MS - this.#awakeMs - breaks * breakMs);
    for (let index = 0; index < breaks; index++) sleep(random.int(MINUTE_MS, this.#awakeMs), breakMs);
    for (let index = random.int(0, 2); index > 0; index--) {
      const byMs = random.pick([-HOUR_MS, -MINUTE_MS, 90 * SECOND_MS, HOUR_MS, DAY_MS, -DAY_MS]);
      const atMs = random.int(MINUTE_MS, this.#awakeMs);
      this.#disturbed.push([atMs, atMs + MINUTE_MS]);
      this.#at(atMs, `the clock is set by ${byMs} ms`, () => time.setClock(byMs));
    }
    for (let index = random.int(0, 2); index > 0; index--) {
      const atMs = random.int(MINUTE_MS, this.#awakeMs);
      const lastsMs = random.int(30 * SECOND_MS, 4 * MINUTE_MS);
      this.#disturbed.push([atMs, atMs + lastsMs]);
      this.#starved.push([atMs, atMs + lastsMs]);
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
      this.#disturbed.push([atMs, atMs + lastsMs]);
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
          const isRed = row?.isRed === true;
          const isGreen = row?.icon === 'pulse' && !isRed;
          const last = shown.at(-1);
          if (last?.isRed === isRed && last.isGreen === isGreen) continue;
          shown.push({ atMs: this.#machine.time.passedMs, isRed, isGreen });
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

  /** A message tells that a daemon is bad. */
  #hear(text: string): void {
    const { passedMs } = this.#machine.time;
    const said = /^(?:error|warning): (.*)/.exec(text)?.[1];
    if (said === undefined) return;
    const [, name] =
      /^(\S+?)(?: is|:)(?: still)? (?:wedged|unresponsive|unreachable|failing)\b/.exec(said) ?? [];
    const named = this.#daemons.find(({ daemon }) => daemon.name === name);
    named?.told.push({ atMs: passedMs, text: said.slice(0, 60) });
  }

  /** A start command runs. */
  #start(command: string, env: Readonly<Record<string, string>>): number | undefined {
    const found = this.#daemons.find(({ daemon }) => command.endsWith(` ${daemon.name}`));
    if (!found || found.daemon.isUp) return undefined;
    return found.daemon.begin({ env });
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
