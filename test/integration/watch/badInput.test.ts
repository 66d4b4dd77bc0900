import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import type http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/app/systemClock';
import type { DaemonState } from '../../../src/health/states';
import { createProbe } from '../../../src/kinds/probe';
import { readDaemons } from '../../../src/settings/daemonList';
import { daemonRows } from '../../../src/ui/tree/daemonRows';
import { valueOf } from '../../../src/ui/tree/row';
import { Registry } from '../../../src/watch/registry';
import { listProblemText } from '../../../src/words/listProblemText';
import { reasonText } from '../../../src/words/reasons';
import { freePort } from '../../support/freePort';
import { until } from '../../support/until';
import { answering, PATIENT, Scope } from '../support';

type Handler = (request: http.IncomingMessage, response: http.ServerResponse) => void;

const MIB = 1024 * 1024;
/** What a daemon that does not answer, and a command that does not end, may take at most. */
const DEADLINE_MS = 3_000;
const INTERVAL_MS = 1_000;

describe('bad input of every kind, beside one good daemon in one window', function () {
  this.timeout(60_000);
  const scope = new Scope();
  let folder: string;
  before(() => (folder = realpathSync(mkdtempSync(join(tmpdir(), 'daemon-health-bad-')))));
  afterEach(() => scope.close());
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** A window without an editor. */
  function windowOf(goodAt: string) {
    const errors: unknown[] = [];
    const goodWas = new Set<DaemonState>();
    const registry = new Registry({
      clock: systemClock,
      random: () => 0.5,
      isFocused: () => true,
      createProbe: (target, kind, asks) => {
        const isGood = target.kind === 'http' && target.origin === goodAt;
        const timeouts = isGood ? PATIENT : { requestMs: DEADLINE_MS, fallbackMs: DEADLINE_MS };
        return Promise.resolve(createProbe(target, { kind, timeouts, ...(asks && { asks }) }));
      },
      recall: () => ({}),
      onError: (error) => errors.push(error),
    });
    scope.add(() => Promise.resolve(registry.dispose()));
    registry.on('stepped', ({ daemon, track }) => {
      if (daemon.name === 'good' && track.samples > 0) goodWas.add(track.verdict.state);
    });
    return { registry, errors, goodWas };
  }

  const file = (name: string, content: string | Buffer) => {
    writeFileSync(join(folder, name), content);
    return { files: [join(folder, name)] };
  };
  const node = (script: string) => ({ command: [process.execPath, '-e', script, '--', folder] });
  const at = async (handler: Handler) => ({ url: `${(await scope.http(handler)).origin}/health` });
  const fleetAt = (prometheus: string) => ({ prometheus, query: 'x', value: 'age', redAbove: 600 });
  const fleet = async (handler: Handler) => fleetAt((await scope.http(handler)).origin);
  const told = (data: object) => answering(JSON.stringify({ status: 'success', data }));
  const endless: Handler = (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const go = () => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
      if (!response.destroyed) response.once('drain', go);
    };
    go();
  };
  const cut: Handler = (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
    response.write('{"status":"ok","at":');
    setTimeout(() => response.destroy(), 20);
  };

  /** What stands in an entry, and the one sentence on its row. */
  async function entries(): Promise<Readonly<Record<string, readonly [entry: object, sentence: RegExp]>>> {
    mkdirSync(join(folder, 'folder'));
    const gone = async () => `http://127.0.0.1:${await freePort()}`;
    const huge = answering(`{"x":"${'x'.repeat(4 * MIB)}"}`);
    const page = answering('<html>', { type: 'text/html' });
    const nan = { resultType: 'vector', result: [{ metric: { instance: 'shop' }, value: [1, 'NaN'] }] };
    return {
      'file, wrong path': [
        { files: [join(folder, 'nothing')] },
        /^never seen up in this workspace \(\S+nothing is not there\)$/,
      ],
      'file, a folder': [{ files: [join(folder, 'folder')] }, /^\S+folder is not a plain file$/],
      'file, huge': [file('huge', Buffer.alloc(5 * MIB, 'x')), /^\S+huge is longer than 4 MiB$/],
      'file, binary': [file('binary', Buffer.from([0, 1, 2, 255])), /^the answer is not JSON$/],
      'file, half': [file('half', '{"at":'), /^\S+half holds half of a JSON$/],
      'file, empty': [file('empty', ''), /^the answer is empty$/],
      'file, wrong type': [
        file('list', '{"at":[]}'),
        /^malformed: at should be a time with its zone, .* is \[\]$/,
      ],

      'command, missing': [{ command: [join(folder, 'nothing')] }, /^the command \S+nothing was not found$/],
      'command, a folder': [
        { command: [join(folder, 'folder')] },
        // Windows looks for a program of that name.
        /^(the system does not start the command \S+folder|the command \S+folder was not found)$/,
      ],
      'command, for ever': [
        node('for (;;) require("fs").writeSync(1, "x".repeat(65536))'),
        /^the command \S+ prints over 1 MiB$/,
      ],
      'command, no end': [
        node('setInterval(() => {}, 1000)'),
        /^the command \S+ does not end within 3 s( \(not yet an outage\))?$/,
      ],
      'command, fails': [
        node('console.error("no socket"); process.exit(4)'),
        /^the command \S+ ended with exit code 4: no socket$/,
      ],
      'command, binary': [node('process.stdout.write(Buffer.from([0, 1, 255]))'), /^the answer is not JSON$/],

      'http, nobody': [{ url: await gone() }, /^never seen up in this workspace \(connection refused\)$/],
      'http, wrong path': [
        await at(answering('nothing', { status: 404, type: 'text/plain' })),
        /^HTTP 404: nothing is at the path of the "url"$/,
      ],
      'http, a page': [await at(page), /^the answer is a web page; another service listens there$/],
      'http, a login': [
        await at(answering('', { status: 401 })),
        /^HTTP 401: a login is asked for; another service or a proxy listens there$/,
      ],
      'http, no end': [await at(endless), /^the answer is larger than 4 MiB$/],
      'http, cut': [
        await at(cut),
        /^never seen up in this workspace \(connection closed without an answer\)$/,
      ],
      'http, half': [await at(answering('{"at":')), /^the answer is not JSON$/],
      'http, silent': [await at(() => undefined), /^no answer within (3 s \(not yet an outage\)|\d+ s)$/],
      'http, wrong type': [
        await at(answering('{"status":"ok","at":{}}')),
        /^malformed: at should be a time with its zone, .* is \{\}$/,
      ],

      'fleet, nobody': [fleetAt(await gone()), /^Prometheus does not answer: connection refused$/],
      'fleet, a page': [await fleet(page), /^the answer is a web page; another service listens there$/],
      'fleet, huge': [await fleet(huge), /^the answer is larger than 4 MiB$/],
      'fleet, half': [await fleet(answering('{"status":"succ')), /^the answer is not that of a Prometheus$/],
      'fleet, a matrix': [
        await fleet(told({ resultType: 'matrix', result: [] })),
        /^the query gives a matrix, where a list of series \(an instant vector\) is needed$/,
      ],
      'fleet, NaN': [await fleet(told(nan)), /^of shop nothing is known: the value is NaN$/],
      'fleet, junk': [
        await fleet(told({ resultType: 'vector', result: [nan.result[0], 7] })),
        /^the answer is not that of a Prometheus$/,
      ],
      'fleet, empty': [
        await fleet(told({ resultType: 'vector', result: [] })),
        /^the query gives no series, and Prometheus has no targets$/,
      ],
    };
  }

  it('is one sentence on its own row, and the good one is asked on time and healthy', async () => {
    const bad = await entries();
    const askedAtMs: number[] = [];
    const good = await at((request, response) => {
      askedAtMs.push(performance.now());
      answering(JSON.stringify({ status: 'ok', at: new Date().toISOString() }))(request, response);
    });
    const progress = { time: 'at', redAfterMs: 60_000 };
    const list = Object.entries({ good: [good] as const, ...bad }).map(([name, [entry]]) => ({
      name,
      pollIntervalMs: INTERVAL_MS,
      ...(!('prometheus' in entry) && { kind: 'generic', progress }),
      ...entry,
    }));
    const { daemons, problems } = readDaemons(list, { configured: true, allowRemote: false });
    assert.deepEqual(problems.map(listProblemText), []);
    const { registry, errors, goodWas } = windowOf(good.url);
    registry.configure({ daemons, problems: [] });

    /** Whose row says something else, or who has two. */
    const others = () =>
      registry.models.flatMap((model) => {
        const { state, reason } = model.track.verdict;
        const said = reasonText(reason);
        const rows = daemonRows(model, systemClock.now(), undefined).filter(({ id }) =>
          id.endsWith('#state'),
        );
        // The row says the same in parts, and a moment in place of how long.
        const parts = said
          .toLowerCase()
          .replace(/ within \d+ s/, '')
          .replace('in this workspace', 'here')
          .split(/ ?[()]/);
        const isOnRow =
          rows.length === 1 && parts.every((part) => valueOf(rows[0]!).toLowerCase().includes(part));
        const isRight = bad[model.daemon.name]?.[1].test(said) ?? state === 'healthy';
        return isOnRow && isRight ? [] : [`${model.daemon.name}: ${said}, row: ${rows.map(valueOf).join()}`];
      });
    let isNew = true;
    let left: readonly string[] = [];
    registry.on('stepped', () => (isNew = true));
    const isDone = () => {
      if (isNew) left = others();
      isNew = false;
      return left.length === 0 && askedAtMs.length >= 4;
    };
    await until(isDone, 'all sentences', 40_000).catch(() => undefined);
    assert.deepEqual(left, []);
    assert.equal(registry.models.length, list.length);
    for (const { daemon, track } of registry.models) {
      if (daemon.name !== 'good') assert.notEqual(track.verdict.state, 'healthy', daemon.name);
      assert.match(reasonText(track.verdict.reason), /^\P{Cc}{1,200}$/u);
    }
    // A command that does not end, and a daemon that is silent, may take three seconds each.
    const gaps = askedAtMs.slice(1).map((atMs, n) => Math.round(atMs - askedAtMs[n]!));
    const median = gaps.toSorted((one, other) => one - other)[gaps.length >> 1]!;
    assert.ok(median < DEADLINE_MS, `the good one was asked after ${gaps.join(', ')} ms`);
    assert.deepEqual([errors, [...goodWas]], [[], ['healthy']]);
  });
});
