import { FAULTS, type Fault, type Life, type Truth } from './faults';

/**
 * Judges a day by its script alone: what was true of each daemon at each moment, what its row showed, and what was
 * told. Of the extension it knows nothing but what README and design promise: how soon what is proven is to be red or
 * amber and to be told, and for how long an incident is one.
 */

export type Colour = 'red' | 'amber' | 'plain';

/** A row of a daemon from a moment on. */
export interface Shown {
  readonly atMs: number;
  readonly colour: Colour;
  /** It says healthy. */
  readonly isGreen: boolean;
}

export interface Told {
  readonly atMs: number;
  readonly text: string;
}

export interface Watched {
  readonly name: string;
  /** Whether its answers name the life that answers. */
  readonly namesLives: boolean;
  /** As set for this daemon. */
  readonly pollMs: number;
  readonly truths: readonly Truth[];
  readonly lives: readonly Life[];
  readonly shown: readonly Shown[];
  /** Notifications that it is red. */
  readonly told: readonly Told[];
  /** Notifications that it began a new life by itself. */
  readonly toldLives: readonly Told[];
}

type Spans = readonly (readonly [fromMs: number, toMs: number])[];

/** The machine or the window was not itself: red may come later. */
export interface Disturbance {
  readonly fromMs: number;
  readonly toMs: number;
  readonly by: Fault;
}

/** What the day was like besides: moments of the monotonic clock. */
export interface Circumstances {
  readonly focused: Spans;
  readonly disturbed: readonly Disturbance[];
  /** When the first window opened. */
  readonly openedMs: number;
  /** From then on notifications may be held back: the user snoozed one. */
  readonly silencedMs: number;
  /** Whether more is told than what is red. */
  readonly tellsAll: boolean;
  /** What the status item said from a moment on. */
  readonly item: readonly Told[];
  /** Status requests by minute of the run, where a window had the focus throughout. */
  readonly requests: readonly { readonly name: string; readonly minute: number; readonly count: number }[];
  readonly endMs: number;
}

/** What is counted, of each kind of fault. */
export const VERDICTS = [
  /** It lasted for long enough to be seen. */
  'proven',
  /** And it was never red, or never amber. */
  'misses',
  /** Red came late, or went late. */
  'late',
  /** It was red, and no notification said so; a new life, the same. */
  'untold',
  'toldTwice',
  /** At start-up, before it had lasted. */
  'toldSoon',
  'falseReds',
  'falseAmbers',
  'falseGreens',
  'overAsked',
] as const;
export type Verdict = (typeof VERDICTS)[number];
/** Only what is not zero. */
export type Counts = Readonly<Partial<Record<Fault, Readonly<Partial<Record<Verdict, number>>>>>>;

export interface Finding {
  readonly atMs: number;
  readonly verdict: Verdict;
  readonly fault: Fault;
  readonly text: string;
}

export interface Judgement {
  readonly counts: Counts;
  /** Each count but `proven`, in words. */
  readonly findings: readonly Finding[];
}

/** Of what is proven, this much later red is there, besides the time to the next poll. */
const RED_AFTER_MS: Readonly<Partial<Record<Truth['is'], number>>> = {
  // 250 ms after the threshold, and the time to draw and to answer.
  hung: 2_000,
  // 24 s at most, of which one poll interval of 5 s and its jitter are none of ours: see `gapMs`.
  silent: 18_500,
  // Three in a row over ten seconds, and one second between two asks.
  gone: 13_000,
  failing: 13_000,
};
const DRAWN_MS = 600;
/** Three in a row span so long: what is red sooner was not proven yet. */
const FAILURE_SPAN_MS = 10_000;
/** The longest that a slow daemon takes to answer: an ask may have begun so long before. */
const SLOW_MS = 2_000;
const AMBER_AFTER_MS = 3_000;
/** What fails to answer is not called healthy any more. */
const NOT_GREEN_AFTER_MS = 8_000;
const UNFOCUSED_POLL_MS = 15_000;
const JITTER = 1.1;
/** A daemon that is away is asked ever less often, where no window has the focus. */
const BACKOFF_MS = 30_000;
/** And at the poll interval where one has: red is gone so soon after the port listens again, besides that. */
const BACK_MS = 1_500;
/** An incident ends only after so long of good answers. */
const RECOVERY_MS = 30_000;
/** What was on its way when a truth began counts for the one before. */
const IN_FLIGHT_MS = 8_000;
const DISTURBED_MS = 90_000;
const MINUTE_MS = 60_000;
/** From the click to the new process: the old one is to end, and its port to be free. */
const RESTART_STEPS_MS = 5_000;
/** Of its status, in a window with the focus. */
const MOST_REQUESTS = 12;
const REMINDER_MS = 3_500_000;
/** A loop that hangs again before a newer cycle was completed never was well. */
const CYCLE_MS = 5_000;
/** What was bad when a window opened is told only if that lasts, and by then. */
const STARTUP_SOON_MS = 15_000;
const STARTUP_LONG_MS = 60_000;
/** A window that does not speak is given so long before another does, and some for the files. */
const SPEAKS_MS = 12_000;
/** A new life is told once it has completed a cycle, or after so long. */
const SETTLED_MS = 20_000;
/** What makes the times of a daemon old at once. */
const OLD_AT_ONCE: readonly Fault[] = ['sleep', 'clock set', 'clock set back'];
/** It flaps by its last samples. */
const FLAP_SAMPLES = 21;

type Find = (verdict: Verdict, fault: Fault, atMs: number, text: string) => void;

export function judge(daemons: readonly Watched[], day: Circumstances): Judgement {
  const counts: Partial<Record<Fault, Partial<Record<Verdict, number>>>> = {};
  const findings: Finding[] = [];
  const find: Find = (verdict, fault, atMs, text) => {
    const row = (counts[fault] ??= {});
    row[verdict] = (row[verdict] ?? 0) + 1;
    if (verdict !== 'proven') findings.push({ atMs: Math.round(atMs), verdict, fault, text });
  };
  for (const daemon of daemons) new OneDaemon(daemon, day, find).judge();
  judgeSharedCauses(daemons, find);
  judgeTwins(daemons, day, find);
  return { counts: inOrder(counts), findings };
}

/** "00:18:39 misses · 5xx · dispatchd1 is never red" */
export function inWords({ atMs, verdict, fault, text }: Finding): string {
  return `${new Date(atMs).toISOString().slice(11, 19)} ${verdict} · ${fault} · ${text}`;
}

/** So that equal counts are the same text. */
function inOrder(counts: Counts): Counts {
  return Object.fromEntries(
    FAULTS.flatMap((fault) => {
      const row = counts[fault];
      return row
        ? [[fault, Object.fromEntries(VERDICTS.flatMap((one) => (row[one] ? [[one, row[one]]] : [])))]]
        : [];
    }),
  );
}

/** Daemons that fail from one cause within seconds share one notification. */
function judgeSharedCauses(daemons: readonly Watched[], find: Find): void {
  const fault = 'all die at once';
  const begins = daemons.flatMap(({ truths }) => truths.filter((one) => one.fault === fault));
  for (const fromMs of new Set(begins.map((one) => one.fromMs))) {
    // What was bad already has a cause of its own.
    const wasWell = ({ truths }: Watched) =>
      !truths.some((one, index) => one.fromMs === fromMs && isBad(truths[index - 1] ?? one));
    const told = daemons
      .filter(wasWell)
      .flatMap((one) => one.told)
      .filter(({ atMs }) => atMs > fromMs && atMs < fromMs + MINUTE_MS);
    const texts = new Map(told.map(({ atMs, text }) => [`${atMs} ${text}`, atMs]));
    const moments = [...texts.values()].sort((a, b) => a - b);
    moments.forEach((atMs, index) => {
      if (index > 0 && atMs - moments[index - 1]! < CYCLE_MS)
        find('toldTwice', fault, atMs, 'one cause, one more notification');
    });
  }
}

/** Two daemons on one database: only what is red comes before that in the status bar. */
function judgeTwins(daemons: readonly Watched[], day: Circumstances, find: Find): void {
  const fault = 'two of one database stuck';
  const spans = daemons.flatMap(({ name, truths }) =>
    truths.flatMap((truth, index) => {
      if (truth.fault !== fault) return [];
      const wellMs = truth.fromMs - (truths[index - 1]?.fromMs ?? truth.fromMs);
      const isLong = truths[index - 1]?.is === 'well' && wellMs > 2 * MINUTE_MS;
      return [{ name, fromMs: truth.fromMs, toMs: isLong ? (truths[index + 1]?.fromMs ?? day.endMs) : 0 }];
    }),
  );
  for (const fromMs of new Set(spans.map((one) => one.fromMs))) {
    const twins = spans.filter((one) => one.fromMs === fromMs);
    const toMs = Math.min(...twins.map((one) => one.toMs));
    const dueMs = fromMs + MINUTE_MS;
    if (twins.length < 2 || toMs <= dueMs || !isCalm(day, fromMs, toMs)) continue;
    find('proven', fault, dueMs, twins.map(({ name }) => name).join(', '));
    const isHidden = (atMs: number) => {
      const isRed = daemons.some(({ shown }) => stateAt(shown, atMs)?.colour === 'red');
      const said = day.item.findLast((one) => one.atMs <= atMs)?.text.split(' | ')[0] ?? '';
      return !isRed && !/database/i.test(said);
    };
    for (let atMs = dueMs; atMs < toMs; atMs += CYCLE_MS) {
      if (!isHidden(atMs)) continue;
      find('misses', fault, atMs, 'the status bar does not name the database');
      break;
    }
  }
}

/** Everything that is judged of one daemon. */
class OneDaemon {
  constructor(
    private readonly watched: Watched,
    private readonly day: Circumstances,
    private readonly find: Find,
  ) {}

  judge(): void {
    this.watched.truths.forEach((truth, index) => {
      const toMs = this.watched.truths[index + 1]?.fromMs ?? this.day.endMs;
      this.#judgeBad(truth, toMs);
      if (truth.is === 'troubled') this.#judgeTroubled(truth, toMs);
      if (truth.is === 'untold' || truth.is === 'resting') this.#judgeNeverGreen(truth, toMs);
      if (truth.is === 'well') this.#judgeWell(truth, toMs, index);
    });
    this.#judgeReds();
    this.#judgeTold();
    this.#judgeLives();
    this.#judgeRequests();
  }

  /** Red is promised. */
  #judgeBad(truth: Truth, toMs: number): void {
    const dueMs = this.#redDueMs(truth);
    const isRestarted = this.watched.lives.some(({ by, fromMs }) => by === 'a window' && fromMs === toMs);
    // Who restarts it is shown, in the place of red, before the new life begins.
    if (dueMs === undefined || toMs <= dueMs + (isRestarted ? RESTART_STEPS_MS : 0)) return;
    const { name } = this.watched;
    const { fault } = truth;
    this.find('proven', fault, dueMs, name);
    const redMs = this.#firstMs(dueMs, toMs, ({ colour }) => colour === 'red');
    if (redMs === undefined) this.find('misses', fault, dueMs, `${name} is never red`);
    else if (redMs > dueMs)
      this.find('late', fault, redMs, `${name} is red ${Math.round(redMs - dueMs)} ms late`);
    const greenMs = this.#firstMs(dueMs, toMs, ({ isGreen }) => isGreen);
    if (greenMs !== undefined) this.find('falseGreens', fault, greenMs, `${name} is shown healthy`);
  }

  /** When it is to be red at the latest; `undefined` where that is not promised. */
  #redDueMs(truth: Truth): number | undefined {
    const afterMs = RED_AFTER_MS[truth.is];
    if (afterMs === undefined) return undefined;
    const { openedMs, disturbed } = this.day;
    const truths = this.watched.truths.filter(({ fromMs }) => fromMs > truth.fromMs);
    const toMs = truths[0]?.fromMs ?? this.day.endMs;
    // Its last cycle lies in the future of its own clock, and nothing else tells.
    const isSetBack = disturbed.some(
      (one) => one.by === 'clock set back' && one.fromMs < toMs && one.toMs > truth.fromMs,
    );
    if (isSetBack && truth.fault === 'hung loop, only its times tell') return undefined;
    // It had said that it does not run: that it is gone then is its end.
    const before = this.watched.truths.findLast(({ fromMs }) => fromMs < truth.fromMs);
    if (truth.is === 'gone' && before?.fault === 'stopped loop') return undefined;
    // A restart that does not prove a new instance within a minute is a start that failed: amber, until that is over.
    if (this.#isStarting(truth)) return undefined;
    const provenMs = Math.max(truth.provenMs ?? truth.fromMs, openedMs);
    // Where no times are told, nothing tells when a cycle crosses the threshold.
    const isForetold = truth.is === 'hung' && truth.fault !== 'hung loop, only its flag tells';
    const longestMs = Math.max(this.#gapMs(truth.fromMs), this.#gapMs(provenMs));
    const gapMs = isForetold && provenMs > openedMs ? 0 : longestMs;
    // The poll by which the loop was seen to run, and that tells when its cycle crosses the threshold.
    const polledMs = truth.is === 'hung' ? truth.fromMs + this.#gapMs(truth.fromMs) + CYCLE_MS : 0;
    return this.#undisturbed(truth.fromMs, Math.max(provenMs + gapMs, polledMs) + afterMs + DRAWN_MS);
  }

  /** Amber is promised; red that was there before may stay. */
  #judgeTroubled(truth: Truth, toMs: number): void {
    const { name, shown } = this.watched;
    const { fault } = truth;
    // By its own clock the pause goes on.
    const isSetBack = this.day.disturbed.some(
      (one) => one.by === 'clock set back' && one.fromMs < toMs && one.toMs > truth.fromMs,
    );
    if (isSetBack && fault === 'paused past its reset') return;
    const startedMs = this.#isStarting(truth) ? truth.fromMs + MINUTE_MS : 0;
    // Ten minutes of what was seen: what began while nobody could look was seen later.
    const sightMs = truth.fromMs + this.#gapMs(truth.fromMs);
    const unseenMs = fault === 'dispatches nothing' ? this.#undisturbed(truth.fromMs, sightMs) - sightMs : 0;
    const provenMs = Math.max(unseenMs + (truth.provenMs ?? truth.fromMs), this.day.openedMs, startedMs);
    const dueMs = this.#undisturbed(truth.fromMs, provenMs + AMBER_AFTER_MS + this.#gapMs(truth.fromMs));
    if (toMs <= dueMs) return;
    this.find('proven', fault, dueMs, name);
    const isSeen = stateAt(shown, dueMs)?.colour !== 'plain';
    const seenMs = isSeen ? dueMs : this.#firstMs(dueMs, toMs, ({ colour }) => colour !== 'plain');
    if (seenMs === undefined) this.find('misses', fault, dueMs, `${name} is never amber`);
    else if (seenMs > dueMs)
      this.find('late', fault, seenMs, `${name} is amber ${Math.round(seenMs - dueMs)} ms late`);
    const greenMs = this.#firstMs(dueMs, toMs, ({ isGreen }) => isGreen);
    if (greenMs !== undefined) this.find('falseGreens', fault, greenMs, `${name} is shown healthy`);
  }

  /** Until its first cycle is proven, or for a minute, it is being restarted. */
  #isStarting(truth: Truth): boolean {
    return this.watched.lives.some(
      ({ by, fromMs }) => by === 'a window' && fromMs <= truth.fromMs && truth.fromMs - fromMs < MINUTE_MS,
    );
  }

  #judgeNeverGreen(truth: Truth, toMs: number): void {
    const { name } = this.watched;
    const { fault } = truth;
    if (fault === 'none') return;
    const provenMs = Math.max(truth.provenMs ?? truth.fromMs, this.day.openedMs);
    const dueMs = this.#undisturbed(truth.fromMs, provenMs + NOT_GREEN_AFTER_MS + this.#gapMs(truth.fromMs));
    if (toMs <= dueMs) return;
    if (truth.is === 'untold') this.find('proven', fault, dueMs, name);
    const greenMs = this.#firstMs(dueMs, toMs, ({ isGreen }) => isGreen);
    if (greenMs !== undefined) this.find('falseGreens', fault, greenMs, `${name} is shown healthy`);
  }

  /** Red and amber are to go. */
  #judgeWell(truth: Truth, toMs: number, index: number): void {
    const { name, shown, truths, pollMs } = this.watched;
    const { fromMs } = truth;
    const before = truths.slice(0, index).findLast(({ is }) => is !== 'well');
    if (!before) return;
    const { fault } = before;
    const wasRed = stateAt(shown, fromMs)?.colour === 'red';
    const backMs = fromMs + pollMs * JITTER + BACK_MS;
    const isBack =
      truths[index - 1]?.is === 'gone' && wasRed && backMs < toMs && this.#isCalm(fromMs, backMs);
    if (isBack && this.day.focused.some(([from, to]) => from <= fromMs && backMs <= to)) {
      const goneMs = this.#firstMs(backMs, toMs, ({ colour }) => colour !== 'red') ?? toMs;
      if (goneMs > backMs)
        this.find(
          'late',
          fault,
          goneMs,
          `${name} is back and stays red for ${Math.round(goneMs - fromMs)} ms`,
        );
    }
    const dueMs = fromMs + RECOVERY_MS + IN_FLIGHT_MS + 2 * this.#gapMs(fromMs + 1);
    const atDue = stateAt(shown, dueMs);
    if (dueMs < toMs && this.#isCalm(fromMs, dueMs) && atDue?.colour === 'red' && atDue.atMs <= fromMs)
      this.find('falseReds', fault, dueMs, `${name} is well and stays red`);
    const sampledMs = Math.max(this.#gapMs(fromMs + 1), UNFOCUSED_POLL_MS * JITTER);
    const calmMs = dueMs + FLAP_SAMPLES * sampledMs;
    const amberMs =
      calmMs < toMs ? this.#firstMs(calmMs, toMs, ({ colour }) => colour === 'amber') : undefined;
    if (amberMs !== undefined && this.#isCalm(amberMs, amberMs))
      this.find('falseAmbers', fault, amberMs, `${name} is well and amber`);
  }

  /** No red begins without a reason. */
  #judgeReds(): void {
    const { name, shown, truths } = this.watched;
    shown.forEach(({ atMs, colour }, index) => {
      if (colour !== 'red' || shown[index - 1]?.colour === 'red') return;
      const truth = truthAt(truths, atMs);
      if (!truth) return;
      const { is, fromMs } = truth;
      const isSpanned = is === 'gone' || is === 'silent' || is === 'failing';
      const provenMs = isSpanned ? fromMs + FAILURE_SPAN_MS - SLOW_MS : (truth.provenMs ?? 0) - DRAWN_MS;
      const isMeant = is === 'untold' || (RED_AFTER_MS[is] !== undefined && atMs >= provenMs);
      const isOfBefore = wasBad(truths, fromMs) && atMs - fromMs < IN_FLIGHT_MS + this.#gapMs(fromMs);
      if (isMeant || isOfBefore) return;
      const disturbances = this.day.disturbed.filter(
        (one) => one.fromMs <= atMs && atMs <= one.toMs + DISTURBED_MS,
      );
      if (disturbances.some(({ by }) => by === 'starved machine')) return;
      const [disturbed] = disturbances;
      // By the clock of the daemon its cycle is old at once.
      if (is === 'hung' && disturbed && OLD_AT_ONCE.includes(disturbed.by)) return;
      const before = truths.findLast((one) => one.fromMs <= atMs && one.fault !== 'none');
      const isRecent = before && (before === truth || atMs - fromMs < 2 * MINUTE_MS);
      this.find(
        'falseReds',
        disturbed?.by ?? (isRecent ? before.fault : 'none'),
        atMs,
        `${name} is ${is} and turns red`,
      );
    });
  }

  /** Each incident once. */
  #judgeTold(): void {
    const { name, told, truths, shown } = this.watched;
    const { day } = this;
    for (const incident of this.#incidents('certainly one')) {
      let lastMs = -Infinity;
      for (const { atMs, text } of told) {
        if (atMs < incident.fromMs || atMs > incident.toMs + CYCLE_MS) continue;
        const truth = truthAt(truths, atMs) ?? incident.truths[0]!;
        const { fault } = truth.is === 'well' ? incident.truths.at(-1)! : truth;
        if (atMs - lastMs < REMINDER_MS) this.find('toldTwice', fault, atMs, `${name}: ${text}`);
        else lastMs = atMs;
      }
    }
    for (const { fromMs, toMs, truths: bad } of this.#incidents('certainly another')) {
      const isToldBy = (byMs: number) => told.some(({ atMs }) => atMs >= fromMs && atMs <= byMs);
      const owed = bad.find((truth) => {
        const dueMs = this.#redDueMs(truth);
        if (dueMs === undefined) return false;
        const wasSeenGood = shown.some(({ atMs, isGreen }) => isGreen && atMs < dueMs);
        const tellMs = dueMs + SPEAKS_MS + (wasSeenGood ? 0 : STARTUP_LONG_MS);
        const untilMs = truths.find((one) => one.fromMs > truth.fromMs)?.fromMs ?? day.endMs;
        const isRed = this.#firstMs(dueMs, untilMs, ({ colour }) => colour === 'red') === dueMs;
        // What was red just before, as a starved machine makes a daemon, is the same incident.
        const calmMs = truth.fromMs - RECOVERY_MS - IN_FLIGHT_MS - 2 * this.#gapMs(truth.fromMs);
        if (this.#wasRed(calmMs, truth.fromMs)) return false;
        return isRed && tellMs < untilMs && tellMs < day.silencedMs && this.#isCalm(truth.fromMs, tellMs);
      });
      if (owed && !isToldBy(toMs + SPEAKS_MS))
        this.find('untold', owed.fault, this.#redDueMs(owed)!, `${name} is red, and no notification says so`);
    }
    for (const { atMs, text } of told) {
      const { openedMs } = day;
      const atOpen = truthAt(truths, openedMs);
      if (atMs > openedMs + STARTUP_SOON_MS || !atOpen || !isBad(atOpen)) continue;
      this.find('toldSoon', atOpen.fault, atMs, `${name}: ${text}`);
    }
  }

  /** Stretches in which it was bad; a short while of being well may or may not end one. */
  #incidents(breaks: 'certainly one' | 'certainly another'): readonly Incident[] {
    const { truths, pollMs } = this.watched;
    const incidents: Incident[] = [];
    truths.forEach((truth, index) => {
      // Amber may be a part of what was red, or not.
      if (!isBad(truth) || (breaks === 'certainly one' && truth.is === 'troubled')) return;
      const toMs = truths[index + 1]?.fromMs ?? this.day.endMs;
      const last = incidents.at(-1);
      if (last && this.#isSame(last, truth, breaks, pollMs)) {
        last.toMs = toMs;
        last.truths.push(truth);
        // A short one may lie between two polls.
        if (breaks === 'certainly another' || this.#wasRed(truth.fromMs, toMs)) last.seenMs = toMs;
      } else incidents.push({ fromMs: truth.fromMs, toMs, seenMs: toMs, truths: [truth] });
    });
    return incidents;
  }

  #isSame(
    last: Incident,
    truth: Truth,
    breaks: 'certainly one' | 'certainly another',
    pollMs: number,
  ): boolean {
    const gapMs = truth.fromMs - last.seenMs;
    // A loop is seen to hang a threshold later: good answers until then.
    const seenMs =
      truth.is === 'hung' || truth.is === 'untold' ? (truth.provenMs ?? truth.fromMs) - last.seenMs : gapMs;
    if (breaks === 'certainly another') {
      const isFocused = isIn(this.day.focused, last.toMs) && isIn(this.day.focused, truth.fromMs);
      const polledMs = isFocused ? pollMs * JITTER : this.#gapMs(last.toMs + 1);
      return gapMs < CYCLE_MS || seenMs < RECOVERY_MS + IN_FLIGHT_MS + 2 * polledMs;
    }
    if (gapMs <= 0) return true;
    // A restart from here ends it: what comes after that is another life.
    const isRestarted = this.watched.lives.some(
      ({ by, fromMs }) => by === 'a window' && fromMs > last.fromMs && fromMs < truth.fromMs,
    );
    if (isRestarted) return false;
    const between = this.watched.truths.filter(
      ({ fromMs }) => fromMs >= last.seenMs && fromMs < truth.fromMs,
    );
    if (between.some(({ is }) => is !== 'well')) return false;
    return gapMs < CYCLE_MS || seenMs < RECOVERY_MS;
  }

  /** Each new life of a daemon that names its lives, or lost its work, once; what a window began, by its outcome. */
  #judgeLives(): void {
    const { name, namesLives, lives, toldLives, truths } = this.watched;
    const { day } = this;
    lives.forEach((life, index) => {
      const { fromMs, by, lost, forgets } = life;
      const toMs = lives[index + 1]?.fromMs ?? day.endMs;
      const before = lives[index - 1];
      if (!before) return;
      const died = truths.findLast((one) => one.fromMs <= fromMs && one.is !== 'well');
      if (!died) return;
      const told = toldLives.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
      for (const { atMs, text } of told.slice(1))
        this.find('toldTwice', died.fault, atMs, `${name}: ${text}`);
      if (by === 'a window' || died.is !== 'gone' || !(namesLives || (forgets && lost > 0))) return;
      // What the restart from here came to was told: it ended before that was proven.
      if (before.by === 'a window' && died.fromMs - before.fromMs < MINUTE_MS) return;
      const goneMs = truths.find((one) => one.fromMs > fromMs && one.is !== 'well')?.fromMs ?? day.endMs;
      const dueMs = fromMs + SETTLED_MS + SPEAKS_MS + this.#gapMs(fromMs);
      const wasSeen = died.fromMs - before.fromMs > this.#gapMs(before.fromMs) + IN_FLIGHT_MS;
      const isHeard = day.tellsAll && dueMs < day.silencedMs && before.fromMs > day.openedMs - MINUTE_MS;
      if (dueMs >= goneMs || !wasSeen || !isHeard || !this.#isCalm(before.fromMs, dueMs)) return;
      this.find('proven', died.fault, dueMs, name);
      if (told.length === 0)
        this.find('untold', died.fault, dueMs, `${name} began a new life, and nobody says so`);
    });
  }

  #judgeRequests(): void {
    const { name, truths } = this.watched;
    for (const { minute, count } of this.day.requests.filter((one) => one.name === name)) {
      const [fromMs, toMs] = [(minute - 1) * MINUTE_MS, (minute + 1) * MINUTE_MS];
      // A daemon that is or was in trouble is looked into at once.
      const isWell =
        truthAt(truths, fromMs)?.is === 'well' &&
        !truths.some((one) => one.fromMs > fromMs && one.fromMs < toMs);
      if (count > MOST_REQUESTS && isWell)
        this.find('overAsked', 'none', minute * MINUTE_MS, `${name} was asked ${count} times in a minute`);
    }
  }

  /** The longest time to the next poll. */
  #gapMs(atMs: number): number {
    const isFocused = isIn(this.day.focused, atMs);
    const { pollMs, truths } = this.watched;
    const before = truths.findLast(({ fromMs }) => fromMs < atMs);
    const backoffMs = before && before.is !== 'well' ? BACKOFF_MS : 0;
    return Math.max(pollMs, isFocused ? 0 : UNFOCUSED_POLL_MS, backoffMs) * JITTER;
  }

  #wasRed(fromMs: number, toMs: number): boolean {
    return this.#firstMs(fromMs, toMs, ({ colour }) => colour === 'red') !== undefined;
  }

  #isCalm(fromMs: number, toMs: number): boolean {
    return isCalm(this.day, fromMs, toMs);
  }

  /** So much later as something is in between. */
  #undisturbed(fromMs: number, dueMs: number): number {
    const inBetween = this.day.disturbed.filter(
      (one) => one.fromMs <= dueMs && one.toMs + DISTURBED_MS >= fromMs,
    );
    const freeMs = Math.max(...inBetween.map(({ toMs }) => toMs + DISTURBED_MS));
    return freeMs > dueMs ? this.#undisturbed(freeMs, freeMs + dueMs - fromMs) : dueMs;
  }

  /** When the row first was so, from a moment on; that moment where it was so before. */
  #firstMs(fromMs: number, toMs: number, isSo: (shown: Shown) => boolean): number | undefined {
    const { shown } = this.watched;
    const before = stateAt(shown, fromMs);
    if (before && isSo(before)) return fromMs;
    return shown.find((one) => one.atMs > fromMs && one.atMs < toMs && isSo(one))?.atMs;
  }
}

interface Incident {
  readonly fromMs: number;
  toMs: number;
  /** The end of the last bad time that was surely seen. */
  seenMs: number;
  readonly truths: Truth[];
}

function isCalm({ disturbed }: Circumstances, fromMs: number, toMs: number): boolean {
  return !disturbed.some((one) => one.fromMs <= toMs && one.toMs + DISTURBED_MS >= fromMs);
}

function isBad({ is }: Truth): boolean {
  return is !== 'well' && is !== 'resting';
}

function truthAt(truths: readonly Truth[], atMs: number): Truth | undefined {
  return truths.findLast(({ fromMs }) => fromMs <= atMs);
}

function stateAt(shown: readonly Shown[], atMs: number): Shown | undefined {
  return shown.findLast((one) => one.atMs <= atMs);
}

/** Just before, so that it is asked ever less often. */
function wasBad(truths: readonly Truth[], atMs: number): boolean {
  const before = truths.findLast(({ fromMs }) => fromMs < atMs);
  return before !== undefined && isBad(before);
}

function isIn(spans: Spans, atMs: number): boolean {
  return spans.some(([fromMs, toMs]) => fromMs <= atMs && atMs < toMs);
}
