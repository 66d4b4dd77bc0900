import type { Cadence } from '../../../src/health/cadence';
import { advance, type HealthEvent } from '../../../src/health/advance';
import { beginWatched, type Input, type Watched } from '../../../src/health/watched';
import { longestGapMs } from '../../../src/health/history';
import type { Failure, Report, Session } from '../../../src/health/report';
import type { Restarted } from '../../../src/health/workMade';
import { beginTrack } from '../../../src/health/track';
import type { KeptTrack } from '../../../src/health/trackState';
import { FAILURES, FakeTime, goodReport } from './support';

/** The longest time that counts as watched, for a daemon that is asked every five seconds. */
const MAX_GAP_MS = longestGapMs(5_000);

/** Asked every five seconds by the window that has the focus. */
export const CADENCE: Cadence = { intervalMs: 5_000, focused: true, isLoopback: true, random: 0.5 };

type Asked = Extract<HealthEvent, { kind: 'asks' }>['question'];
type EndedQuestion = Extract<Asked, { kind: 'endedSessions' }>;

/** One daemon, moved on by inputs as its monitor does. */
export class Steps {
  readonly events: HealthEvent[] = [];
  watched: Watched;
  wakeAtMs = Infinity;

  constructor(
    known: Partial<Omit<Watched, 'track'>> = {},
    readonly time = new FakeTime(),
    remembered: KeptTrack = {},
  ) {
    const track = beginTrack(true, remembered, time.now());
    this.watched = { ...beginWatched(track), ...known };
  }

  /** @returns what happened */
  input(input: Input): readonly HealthEvent[] {
    const { watched, events, wakeAtMs } = advance(this.watched, input, MAX_GAP_MS, this.time.now());
    this.watched = watched;
    this.wakeAtMs = wakeAtMs;
    this.events.push(...events);
    return events;
  }

  wait(ms: number): this {
    this.time.advance(ms);
    return this;
  }

  answer(report: Report = goodReport(this.time), latencyMs = 3): readonly HealthEvent[] {
    const startedMs = this.time.monotonicMs;
    return this.input({
      kind: 'sample',
      sample: { ok: true, startedMs, latencyMs, report },
      timerLateMs: this.time.takeTimerLateMs(),
      cadence: CADENCE,
    });
  }

  fail(kind: Failure['kind']): readonly HealthEvent[] {
    const startedMs = this.time.monotonicMs;
    return this.input({
      kind: 'sample',
      sample: { ok: false, startedMs, failure: FAILURES[kind] },
      timerLateMs: this.time.takeTimerLateMs(),
      cadence: CADENCE,
    });
  }

  /** Answers that its loop hangs. */
  wedge(): readonly HealthEvent[] {
    return this.answer(goodReport(this.time, { pollStale: true }));
  }

  /** The only question of this kind that is out. @throws where there is not exactly one */
  question<K extends Asked['kind']>(kind: K): Extract<Asked, { kind: K }> {
    const [question, another] = this.watched.questions.filter((each) => each.kind === kind);
    if (!question || another) throw new Error(`not one question about ${kind}`);
    return question as Extract<Asked, { kind: K }>;
  }

  /** A restart interrupted this work; the daemon remembers none of it to have ended. */
  lose(sessions: readonly Session[]): readonly HealthEvent[] {
    const report = this.watched.track.last?.report;
    if (!report) throw new Error('it has never answered');
    const question = endedQuestion(sessions, report);
    this.watched = { ...this.watched, questions: [...this.watched.questions, question] };
    return this.input({ kind: 'endedSessions', question, ended: [] });
  }

  get restarted(): readonly Restarted[] {
    return this.events.flatMap((event) => (event.kind === 'restarted' ? [event.restarted] : []));
  }

  /** The messages about restarts: "0 resumed, 2 interrupted". */
  get restarts(): readonly string[] {
    return this.events.flatMap((event) =>
      event.kind === 'restarted'
        ? [`${event.restarted.resumed} resumed, ${event.restarted.interrupted} interrupted`]
        : [],
    );
  }
}

/** What is asked after a restart that lost this work. */
export function endedQuestion(lost: readonly Session[], report: Report): EndedQuestion {
  return {
    kind: 'endedSessions',
    agentIds: lost.flatMap(({ agentId }) => agentId ?? []),
    restarted: { kind: 'restart', isInferred: true, resumed: 0, interrupted: lost.length, lost },
    announce: 'any',
    began: { afterAt: 0, byAt: 0 },
    report,
  };
}
