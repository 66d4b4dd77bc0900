import { withoutSecrets } from '../../../src/base/secrets';
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from '../../../src/health/report';
import { appendSample, type CompactSample } from '../../../src/health/samples';
import { errorIn } from '../../../src/kinds/read/answers';
import { readStatus } from '../../../src/kinds/smithy/status';
import { lastWords } from '../../../src/launcher/launcherLog';
import type { DaemonModel } from '../../../src/model/daemonModel';
import type { Outcome } from '../../../src/model/outcome';
import type { Plan } from '../../../src/restart/plan';
import { shownCommandLine } from '../../../src/system/commandLine';
import { diagnostics } from '../../../src/diagnostics/diagnostics';
import { exportPast } from '../../../src/diagnostics/exportPast';
import { keepEvidence } from '../../../src/diagnostics/evidence';
import { consequences } from '../../../src/ui/commands/restartText';
import { outlivingDetail } from '../../../src/ui/commands/outlivingText';
import { incidentNotice, noticeOf } from '../../../src/ui/notifications/noticeOf';
import { message } from '../../../src/ui/notifications/notificationsText';
import type * as LogFile from '../../../src/ui/shared/log';
import { renderStatus } from '../../../src/ui/statusBar/statusText';
import { daemonRows } from '../../../src/ui/tree/daemonRows';
import { sessionRows } from '../../../src/ui/tree/sessionRows';
import { outcomeText, recordOf } from '../../../src/words/outcomes';
import { transitionLine } from '../../../src/words/transitions';
import { loadWith } from '../../support/fakeVSCode';
import { FORMS, planted, runLeft, SECRETS } from '../../support/secretForms';
import { goodReport, Watch } from '../health/support';
import { modelOf } from './support';

const PER_FORM = 3;
const LETTERS = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/** The same secrets at every run: a failure can be seen again. */
function* secrets(): Generator<string> {
  let seed = 20_261_126;
  const next = (below: number) => {
    seed = (seed * 48_271) % (2 ** 31 - 1);
    return Math.floor((seed / (2 ** 31 - 1)) * below);
  };
  for (;;) {
    yield SECRETS[next(SECRETS.length)]!;
    yield Array.from({ length: 6 + next(30) }, () => LETTERS[next(LETTERS.length)]).join('');
  }
}

/** The words that a shell makes of it. A header is one word, in quotes. */
function wordsOf(said: string): readonly string[] {
  if (/^["{]| = /.test(said)) return [said];
  if (/(authorization|cookie|key|token|kennwort|secret)["']?: /i.test(said) && !/^-H/.test(said))
    return ['-H', said];
  return (said.match(/(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'])+/g) ?? []).map((word) =>
    word.replace(/^(["'])(.*)\1$/, '$2'),
  );
}

/** A daemon that says this wherever it can say something. */
function saying(said: string): Watch {
  const watch = new Watch();
  const at = new Date(watch.time.wallAt - 5_000).toISOString();
  const session = { createdAt: at, startedAt: at, lastActivityAt: at, command: said, outcome: said };
  const body = {
    isRunning: false,
    available: false,
    serverManaged: true,
    reason: said,
    instance: { id: 'i', pid: 7, workspace: '/w', stateDir: '/w/s', startedAt: at, version: said },
    sessions: [
      { ...session, id: 'a', status: 'running', name: said, kind: 'named' },
      { ...session, id: 'b', status: 'failed', exitCode: 3, endedAt: at, terminationReason: said },
      { ...session, id: 'c', status: 'interrupted', endedAt: at },
      { ...session, id: 'd', status: said, agentRole: said, agentId: said, stopping: { cause: said } },
    ],
    config: { pollIntervalMs: said },
  };
  const report = readStatus(body, undefined) as Report;
  assert.ok('kind' in report, JSON.stringify(report));
  watch.answer(goodReport(watch.time));
  watch.wait(5_000).answer(report);
  return watch;
}

/** One whose answers are errors with these words. */
function failing(said: string): Watch {
  const watch = Watch.healthy();
  const error = errorIn({
    status: 500,
    contentType: 'application/json',
    encoding: undefined,
    body: JSON.stringify({ error: said }),
  });
  for (let count = 0; count < 3; count++) {
    watch.wait(5_000).fail('errors', {
      cause: { is: 'httpError', status: 500, isPage: false, ...(error !== undefined && { said: error }) },
    });
  }
  return watch;
}

const everything = (value: unknown) => JSON.stringify(value);

interface Planted {
  readonly said: string;
  readonly watch: Watch;
  readonly model: DaemonModel;
  readonly samples: readonly CompactSample[];
  readonly folder: string;
}

const OUTCOMES = (said: string): readonly Outcome[] => [
  {
    kind: 'failed',
    daemon: 'x',
    why: { is: 'startSaid', said: lastWords(said) ?? '' },
    isStopped: true,
    nothingRuns: true,
  },
  {
    kind: 'cured',
    daemon: 'x',
    tookMs: 1,
    isRestart: true,
    outlived: {
      left: [{ pid: 7, name: shownCommandLine(['/usr/bin/tool', ...said.split(' ')]), session: 'a' }],
      ended: 0,
    },
  },
  {
    kind: 'unproven',
    daemon: 'x',
    tookMs: 1,
    notOurs: {
      is: 'unproven',
      port: 1,
      process: { pid: 7, commandLine: shownCommandLine(['/usr/bin/tool', ...said.split(' ')]) },
    },
  },
];

/** What each surface shows of it. */
const SURFACES: Readonly<Record<string, (planted: Planted) => unknown>> = {
  'the status item and its hover': ({ model, watch }) => renderStatus([model], [], watch.time.now()),
  'the rows of the tree and their hovers': ({ model, watch }) => {
    const now = watch.time.now();
    const rows = sessionRows(() => model.track.last?.report.sessions ?? []);
    return [daemonRows(model, now, rows), rows.groups(model, model.daemon.id, now)];
  },
  notifications: ({ model, watch }) => {
    const now = watch.time.now();
    const sessions = model.track.last?.report.sessions ?? [];
    const notices = [
      incidentNotice(model, { kind: 'problem', state: 'unavailable', openedAt: now }, now),
      ...sessions.flatMap(
        (session) => noticeOf(model, { kind: 'timedOut', session, isInferred: false }) ?? [],
      ),
    ];
    return notices.map((notice) => message([notice], now));
  },
  'the questions before a restart': ({ said, model, watch }) => {
    const words = ['/usr/bin/tool', ...said.split(' ')];
    const owner = { pid: 7, name: 'tool', commandLine: shownCommandLine(words), isOurs: true };
    const about = { isLoop: false, isOld: true, now: watch.time.now(), userName: () => 'dev' };
    const plan: Plan = {
      model,
      owner,
      ownerIsKnown: false,
      interrupts: (model.track.last?.report.sessions ?? []).map(({ title }) => ({ title })),
      records: [],
    };
    return [
      consequences(plan, about),
      consequences({ ...plan, way: way({ kind: 'shell', line: said }) }, about),
      consequences(
        { ...plan, way: way({ kind: 'process', command: '/usr/bin/tool', args: wordsOf(said) }) },
        about,
      ),
      outlivingDetail('x', [{ pid: 7, name: owner.commandLine, session: plan.interrupts[0]?.title ?? '' }]),
    ];
  },
  'the outcomes and their records': ({ said }) =>
    OUTCOMES(said).map((outcome) => [outcomeText(outcome), recordOf(outcome, 'wedged', 1)]),
  'the log': ({ said, model }) => {
    const lines: string[] = [];
    const write = (line: string) => void lines.push(line);
    const channel = { info: write, warn: write, error: write, trace: write, debug: write };
    const { Log } = loadWith<typeof LogFile>(
      { window: { createOutputChannel: () => channel } },
      join(__dirname, '../../../src/ui/shared/log'),
    );
    const log = new Log();
    log.info(said);
    assert.deepEqual(lines, [], 'held until it is known what is a secret');
    log.cleanWith(withoutSecrets);
    const { verdict } = model.track;
    const from = new Watch().track.verdict;
    log.transition(verdict, transitionLine(model.daemon, { kind: 'transition', from, to: verdict }));
    log.info(said);
    log.error(said);
    log.unexpected('x', new Error(said));
    assert.ok(lines.length > 4);
    return lines;
  },
  diagnostics: ({ model, samples, watch, said }) =>
    diagnostics({
      daemons: [{ model, samples }],
      settings: [
        {
          key: 'daemonHealth.daemons',
          scope: 'user',
          value: [{ restart: { command: said, args: wordsOf(said), env: { A: said } } }],
        },
      ],
      problems: [],
      versions: {},
      homeDir: '/home/dev',
      now: watch.time.now(),
    }),
  'the export of the past': ({ model, watch, said }) =>
    exportPast(
      {
        sinceAt: 0,
        nowAt: watch.time.wallAt,
        away: undefined,
        incidents: [],
        lives: [],
        daemons: [
          {
            daemonId: model.daemon.id,
            name: said,
            lane: [],
            sessions: (model.track.last?.report.sessions ?? []).map((session) => ({
              session,
              fromAt: watch.time.wallAt,
              endedAt: undefined,
              limitAt: undefined,
              deadlineAt: undefined,
              extensions: 0,
              end: undefined,
              isLive: true,
              waits: false,
            })),
            isWorkTold: true,
          },
        ],
      },
      () => false,
      '/home/dev',
    ),
  evidence: async ({ model, samples, watch, said, folder }) => {
    const { file, found } = await keepEvidence({
      model,
      samples,
      status: () => Promise.resolve(JSON.stringify({ reason: said, sessions: [{ command: said }] })),
      owner: undefined,
      inspect: false,
      folder,
      now: watch.time.now(),
    });
    return [readFileSync(file, 'utf8'), found];
  },
};

function way(command: object): NonNullable<Plan['way']> {
  return { by: 'spawn', keepsWork: false, isSame: true, command } as NonNullable<Plan['way']>;
}

describe('no run of a secret that a daemon says or is started with survives in', function () {
  this.timeout(60_000);
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'daemon-health-secrets-'))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const [surface, shows] of Object.entries(SURFACES)) {
    it(surface, async () => {
      const random = secrets();
      const left: string[] = [];
      const shownOf = async (said: string) => {
        const texts: string[] = [];
        for (const watch of [saying(said), failing(said)]) {
          const samples = appendSample([], watch.track);
          texts.push(everything(await shows({ said, watch, model: modelOf(watch), samples, folder })));
        }
        return texts.join('\n');
      };
      const always = await shownOf('...');
      for (const form of FORMS) {
        for (let count = 0; count < PER_FORM; count++) {
          const secret = random.next().value as string;
          const said = planted(form, secret);
          const shown = await shownOf(said);
          const run = runLeft(shown, form, secret, always);
          if (run === undefined) continue;
          const at = shown.indexOf(run);
          left.push(`${said}: …${shown.slice(Math.max(0, at - 60), at + 20)}`);
        }
      }
      assert.deepEqual([...new Set(left)].slice(0, 12), [], `${left.length} left`);
    });
  }
});
