import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromStored, summarise, toSegments } from '../../../src/health/history';
import { inhibitedBy } from '../../../src/health/deadlines';
import { advanceIncident, type Incident, type Notice } from '../../../src/health/incident';
import { SEVERITY, STATES, isState, type DaemonState, type Severity } from '../../../src/health/states';
import { RULES } from '../../../src/health/verdict';
import type { Track } from '../../../src/health/trackState';
import type { DaemonModel } from '../../../src/model/daemonModel';
import type { OfferedDaemon } from '../../../src/model/foundDaemon';
import { messageOf } from '../../support/messageOf';
import { canStop } from '../../../src/ui/shared/usable';
import { COLOURS, stripSvg } from '../../../src/ui/shared/timeline';
import { renderStatus } from '../../../src/ui/statusBar/statusText';
import { daemonRows } from '../../../src/ui/tree/daemonRows';
import { conflictsOf } from '../../../src/watch/conflicts';
import { worstFirst } from '../../../src/words/states';
import { http } from '../../support/target';
import { markdown, modelOf } from '../ui/support';
import { FakeTime, MINUTE_MS, SECOND_MS, Watch, goodReport, type Parts } from './support';

/** What surfaces and machines do with one state. The rows are written by hand, in the order of surfaces. */
interface Pinned {
  readonly severity: Severity;
  /** Whether its sessions are taken for running: `dispatched` always, `told` where its answer lists them, or never. */
  readonly work: 'dispatched' | 'told' | 'unknown';
  readonly silences: 'always' | 'unlessRunning' | 'never';
  readonly phase: 'up' | 'busy' | 'down' | 'gone';
  /** The verb of the tooltip's first link. */
  readonly link: 'Restart' | 'Start' | 'none';
  readonly colour: keyof typeof COLOURS;
  readonly of: OfProblem | OfPlain;
}

interface OfProblem {
  readonly level: 'error' | 'warning';
  readonly offersRestart: boolean;
  /** Whether answers end its incident, or only completed cycles do. */
  readonly endsBy: 'answer' | 'cycle';
}

type End = 'recovered' | 'ended' | 'open';

interface OfPlain {
  readonly works: boolean;
  /** How often a problem is counted that comes before and after a moment of the state, and ten minutes of the state. */
  readonly problems: readonly [moment: number, tenMinutes: number];
  /** What became of an incident after 35 s of answers, 35 s without an answer, and a lost answer among good ones. */
  readonly incident: readonly [answered: End, silent: End, between: End];
}

const PINNED: Readonly<Record<DaemonState, Pinned>> = {
  unresponsive: {
    severity: 'red',
    work: 'dispatched',
    silences: 'always',
    phase: 'up',
    link: 'Restart',
    colour: 'red',
    of: { level: 'error', offersRestart: true, endsBy: 'answer' },
  },
  unreachable: {
    severity: 'red',
    work: 'unknown',
    silences: 'always',
    phase: 'gone',
    link: 'Restart',
    colour: 'red',
    of: { level: 'error', offersRestart: true, endsBy: 'answer' },
  },
  failing: {
    severity: 'red',
    work: 'dispatched',
    silences: 'always',
    phase: 'up',
    link: 'Restart',
    colour: 'red',
    of: { level: 'error', offersRestart: true, endsBy: 'answer' },
  },
  wedged: {
    severity: 'red',
    work: 'dispatched',
    silences: 'always',
    phase: 'up',
    link: 'Restart',
    colour: 'red',
    of: { level: 'error', offersRestart: true, endsBy: 'cycle' },
  },
  wrongAnswer: {
    severity: 'amber',
    work: 'unknown',
    silences: 'always',
    phase: 'up',
    link: 'Restart',
    colour: 'amber',
    of: { level: 'warning', offersRestart: false, endsBy: 'answer' },
  },
  unavailable: {
    severity: 'amber',
    work: 'told',
    silences: 'unlessRunning',
    phase: 'up',
    link: 'Restart',
    colour: 'amber',
    of: { level: 'warning', offersRestart: false, endsBy: 'answer' },
  },
  stuck: {
    severity: 'amber',
    work: 'dispatched',
    silences: 'never',
    phase: 'up',
    link: 'Restart',
    colour: 'amber',
    of: { level: 'warning', offersRestart: false, endsBy: 'answer' },
  },
  unstable: {
    severity: 'amber',
    work: 'dispatched',
    silences: 'never',
    phase: 'up',
    link: 'Restart',
    colour: 'amber',
    of: { level: 'warning', offersRestart: true, endsBy: 'answer' },
  },
  notAnswering: {
    severity: 'plain',
    work: 'dispatched',
    silences: 'never',
    phase: 'up',
    link: 'Restart',
    colour: 'other',
    of: { works: false, problems: [1, 1], incident: ['open', 'open', 'open'] },
  },
  restarting: {
    severity: 'plain',
    work: 'dispatched',
    silences: 'always',
    phase: 'busy',
    link: 'none',
    colour: 'other',
    of: { works: true, problems: [2, 2], incident: ['open', 'open', 'recovered'] },
  },
  starting: {
    severity: 'plain',
    work: 'dispatched',
    silences: 'never',
    phase: 'up',
    link: 'Restart',
    colour: 'other',
    of: { works: true, problems: [1, 2], incident: ['open', 'open', 'open'] },
  },
  stopped: {
    severity: 'plain',
    work: 'told',
    silences: 'always',
    phase: 'up',
    link: 'Restart',
    colour: 'other',
    of: { works: false, problems: [2, 2], incident: ['ended', 'ended', 'ended'] },
  },
  paused: {
    severity: 'plain',
    work: 'dispatched',
    silences: 'always',
    phase: 'up',
    link: 'Restart',
    colour: 'other',
    of: { works: true, problems: [1, 2], incident: ['recovered', 'recovered', 'recovered'] },
  },
  unverified: {
    severity: 'plain',
    work: 'dispatched',
    silences: 'never',
    phase: 'up',
    link: 'Restart',
    colour: 'other',
    of: { works: false, problems: [1, 1], incident: ['recovered', 'open', 'open'] },
  },
  healthy: {
    severity: 'plain',
    work: 'dispatched',
    silences: 'never',
    phase: 'up',
    link: 'Restart',
    colour: 'healthy',
    of: { works: true, problems: [1, 2], incident: ['recovered', 'recovered', 'recovered'] },
  },
  offline: {
    severity: 'plain',
    work: 'unknown',
    silences: 'always',
    phase: 'down',
    link: 'Start',
    colour: 'other',
    of: { works: false, problems: [2, 2], incident: ['ended', 'ended', 'ended'] },
  },
};

const STATES_BY_RANK = Object.keys(PINNED) as DaemonState[];
const ROWS = Object.entries(PINNED) as [DaemonState, Pinned][];

/** A daemon that last answered so, as if its verdict were this. */
function trackIn(state: DaemonState, report: Parts = {}): Track {
  const watch = new Watch();
  watch.answer(goodReport(watch.time, report));
  return { ...watch.track, verdict: { ...watch.track.verdict, state } };
}

function modelIn(state: DaemonState, report: Parts = {}, name?: string): DaemonModel {
  return { ...modelOf(new Watch(), name), track: trackIn(state, report) };
}

const NOW = new FakeTime().now();
const AT = Date.parse('2026-03-02T08:00:00.000Z');

function work(state: DaemonState): Pinned['work'] {
  const database = { path: '/project/db', realPath: '/project/db' };
  const found = [
    {
      kind: 'smithy',
      target: http('http://127.0.0.1:3458'),
      database: '/project/db',
      place: 'db',
      isRunning: true,
    },
  ] as unknown as OfferedDaemon[];
  const conflicts = (sessions: NonNullable<Parts['sessions']>) =>
    conflictsOf({ models: [modelIn(state, { database, sessions })], found }).length > 0;
  if (conflicts([])) return 'dispatched';
  return conflicts([{ id: 's', status: 'running' }] as unknown as NonNullable<Parts['sessions']>)
    ? 'told'
    : 'unknown';
}

function silences(state: DaemonState): Pinned['silences'] {
  if (inhibitedBy(trackIn(state)) === state) return 'always';
  return inhibitedBy(trackIn(state, { isRunning: false })) === state ? 'unlessRunning' : 'never';
}

function colour(state: DaemonState): string | undefined {
  const segments = toSegments([{ state, fromAt: AT, toAt: AT + 20 * MINUTE_MS }]).slice(-1);
  // A problem lies on top of what was besides.
  return [...stripSvg(segments).matchAll(/fill="(#\w+)"/g)].at(-1)?.[1];
}

/** An incident that has been told, and the time since then moved on. */
class Told {
  readonly time = new FakeTime();
  incident: Incident | undefined;
  readonly notices: Notice['kind'][] = [];

  constructor(state: DaemonState) {
    this.see(state, 0);
    this.see(state, 11 * SECOND_MS);
    assert.deepEqual(this.notices, ['problem']);
  }

  see(state: DaemonState, afterMs: number, { answered = true, cycle = true } = {}): this {
    this.time.advance(afterMs);
    const now = this.time.now();
    const step = advanceIncident(
      this.incident,
      { state, reason: { is: 'nothingTells' }, since: now, asOf: now },
      { answered, completedAt: cycle ? now.wallAt : undefined, isStartup: false },
      now,
    );
    this.incident = step.incident;
    if (step.notice) this.notices.push(step.notice.kind);
    return this;
  }

  for35s(state: DaemonState, sample: { answered?: boolean; cycle?: boolean } = {}): this {
    for (let times = 0; times < 8; times++) this.see(state, 5 * SECOND_MS, sample);
    return this;
  }

  get end(): End {
    return this.incident ? 'open' : this.notices.includes('recovered') ? 'recovered' : 'ended';
  }
}

/** How often the problem before and after `ms` of a state is counted. */
function problems(state: DaemonState, ms: number): number {
  const spans = [
    { state: 'wedged', fromAt: AT, toAt: AT + MINUTE_MS },
    { state, fromAt: AT + MINUTE_MS, toAt: AT + MINUTE_MS + ms },
    { state: 'wedged', fromAt: AT + MINUTE_MS + ms, toAt: AT + 2 * MINUTE_MS + ms },
  ] as const;
  const summary = summarise(spans);
  assert.ok(summary.is === 'problems');
  return summary.counts.find(([problem]) => problem === 'wedged')![1];
}

describe('each state', () => {
  it('stands in one order on every surface', () => {
    const models = [...STATES_BY_RANK].sort().map((state) => modelIn(state));
    assert.deepEqual(
      worstFirst(models).map(({ track }) => track.verdict.state),
      STATES_BY_RANK,
    );
  });

  it('stands behind all that are worse', () => {
    const severities = Object.values(STATES).map(({ severity }) => severity);
    assert.deepEqual([...new Set(severities)], ['red', 'amber', 'plain']);
    assert.deepEqual(
      severities,
      [...severities].sort((a, b) => severities.indexOf(a) - severities.indexOf(b)),
    );
  });

  it('is drawn in a bar of the strip by the same order, where it is a problem', () => {
    const bad = STATES_BY_RANK.filter((state) => PINNED[state].severity !== 'plain');
    for (const [index, worse] of bad.entries()) {
      for (const better of bad.slice(index + 1)) {
        for (const [first, then] of [
          [worse, better],
          [better, worse],
        ] as const) {
          const spans = [
            { state: first, fromAt: AT, toAt: AT + MINUTE_MS },
            { state: then, fromAt: AT + MINUTE_MS, toAt: AT + 2 * MINUTE_MS },
          ];
          assert.equal(toSegments(spans).at(-1)!.state, worse, `${first}, then ${then}`);
        }
      }
    }
  });

  for (const [state, { severity, phase, link, of, ...row }] of ROWS) {
    it(`${state} is ${severity}, and every room does as its row says`, () => {
      assert.equal(SEVERITY[state], severity);
      assert.equal(work(state), row.work, 'work');
      assert.equal(silences(state), row.silences, 'silences');
      assert.equal(colour(state), COLOURS[row.colour], 'colour');
      const model = modelIn(state);
      assert.equal(daemonRows(model, NOW, undefined)[0].contextValue, `daemon.${phase}`);
      assert.equal(canStop(model), phase === 'up', 'canStop');
      const { tooltip } = renderStatus([model], [], NOW);
      const [, verb = 'none'] = /\[(Restart|Start) Daemon\]/.exec(markdown(tooltip)) ?? [];
      assert.equal(verb, link, 'link');
      const { text } = renderStatus([model, modelIn('healthy', {}, 'other')], [], NOW);
      assert.equal(/ 2 daemons/.test(text), state === 'healthy', text);
      assert.ok(fromStored([[state, AT, AT]], AT), 'is read back');

      if ('level' in of) {
        const notice: Notice = { kind: 'problem', state, openedAt: NOW };
        const { level, offersRestart } = messageOf(model, notice, NOW);
        assert.deepEqual({ level, offersRestart }, { level: of.level, offersRestart: of.offersRestart });
        const end = new Told(state).for35s('unverified', { cycle: false }).end;
        assert.equal(end, of.endsBy === 'answer' ? 'recovered' : 'open');
        assert.equal(new Told(state).for35s('healthy').end, 'recovered');
      } else {
        const alone = summarise([{ state, fromAt: AT, toAt: AT + MINUTE_MS }]);
        assert.equal(alone.is === 'noProblemsIn', of.works, alone.is);
        assert.deepEqual([problems(state, SECOND_MS), problems(state, 10 * MINUTE_MS)], of.problems);
        const between = new Told('unreachable')
          .see('healthy', 5 * SECOND_MS)
          .see(state, 20 * SECOND_MS, { answered: false })
          .see('healthy', 11 * SECOND_MS);
        assert.deepEqual(
          [
            new Told('unreachable').for35s(state).end,
            new Told('unreachable').for35s(state, { answered: false }).end,
            between.end,
          ],
          of.incident,
        );
      }
    });
  }

  it('says what the track goes by', () => {
    const having = (is: (state: DaemonState) => boolean) => STATES_BY_RANK.filter(is).sort();
    assert.deepEqual(
      having((state) => STATES[state].isDown),
      ['offline', 'unreachable', 'unresponsive'],
    );
    assert.deepEqual(
      having((state) => STATES[state].tells === 'nothing'),
      ['notAnswering', 'unverified'],
    );
    assert.deepEqual(
      having((state) => STATES[state].tells === 'change'),
      ['unstable'],
    );
    assert.deepEqual(
      having((state) => 'isMaybeOther' in STATES[state]),
      ['wrongAnswer'],
    );
  });

  it('can be muted where a rule gives the state and a notification tells it', () => {
    const { contributes } = JSON.parse(readFileSync(join(__dirname, '../../../package.json'), 'utf8')) as {
      contributes: { configuration: { properties: Record<string, { items?: { enum: string[] } }> } };
    };
    const muted = contributes.configuration.properties['daemonHealth.mutedNotifications']!.items!.enum;
    const told = RULES.map(({ state }) => state).filter((state) => SEVERITY[state] !== 'plain');
    assert.deepEqual(
      muted.filter((each) => isState(each)),
      told,
    );
  });
});
