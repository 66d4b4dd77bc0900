import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DaemonState } from '../../../src/health/states';
import { createProbe, type Probe } from '../../../src/kinds/probe';
import { readDaemons } from '../../../src/settings/daemonList';
import { listProblemText } from '../../../src/words/listProblemText';
import { notRun } from '../../support/notRun';
import { Watch } from '../../unit/health/support';
import { assertHarmless } from './conformance/hostile';

describe('a daemon of any make that writes files', function () {
  this.timeout(30_000);
  let folder: string;
  const probes: Probe[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'daemon-health-files-'));
  });
  afterEach(async () => {
    await Promise.all(probes.splice(0).map((probe) => probe.close()));
    rmSync(folder, { recursive: true, force: true });
  });

  /** A probe as a window makes one of an entry. */
  function probeOf(files: readonly string[], progress?: object, elapsedMs?: () => number): Probe {
    const entry = {
      name: 'x',
      files: files.map((file) => join(folder, file)),
      ...(progress && { progress }),
    };
    const { daemons, problems } = readDaemons([entry], { configured: true, allowRemote: false });
    assert.deepEqual(problems.map(listProblemText), []);
    const { target, kind, asks } = daemons[0]!;
    const probe = createProbe(target, { kind, ...(asks && { asks }), ...(elapsedMs && { elapsedMs }) });
    probes.push(probe);
    return probe;
  }

  async function look(probe: Probe, watch = new Watch()): Promise<readonly [DaemonState, string]> {
    const sample = await probe.ask();
    assertHarmless(sample);
    watch.observe({ ...sample, startedMs: watch.time.monotonicMs });
    return [watch.state, watch.reasonInWords];
  }

  const write = (file: string, text: string | Buffer) => writeFileSync(join(folder, file), text);
  const secondsAgo = (seconds: number) => String(Date.now() / 1_000 - seconds);
  const by = (proof: object) => ({ ...proof, redAfterMs: 60_000 });

  it('owes nothing while it waits for a person, as a file of Claude Code says', async () => {
    const recorded = readFileSync(join(__dirname, '../../fixtures/claude/state-blocked.json'), 'utf8');
    const { body } = JSON.parse(recorded) as { readonly body: object };
    write('state.json', JSON.stringify({ ...body, updatedAt: new Date(Date.now() - 3_600_000) }));
    let elapsedMs = 0;
    const probe = probeOf(['state.json'], by({ time: 'updatedAt' }), () => elapsedMs);
    const sample = await probe.ask();
    assert.deepEqual(
      sample.ok && sample.report.sessions?.map(({ title, status, question }) => [title, status, question]),
      [['say hello', 'waiting', 'login required — run /login']],
    );
    assert.equal((await look(probe))[0], 'unverified');
    write(
      'state.json',
      JSON.stringify({ ...body, state: 'working', tempo: 'active', updatedAt: 1_700_000_000 }),
    );
    assert.equal((await look(probe))[0], 'unverified', 'a person has just answered');
    elapsedMs += 61_000;
    assert.equal((await look(probe))[0], 'wedged');
  });

  it('is judged by when a file was changed, and by nothing in it', async () => {
    write('log', Buffer.alloc(5 * 1024 * 1024));
    const probe = probeOf(['log'], by({ time: '$mtime' }));
    assert.equal((await look(probe))[0], 'healthy');
    const old = Date.now() / 1_000 - 90;
    utimesSync(join(folder, 'log'), old, old);
    assert.equal((await look(probe))[0], 'wedged');
  });

  for (const text of ['[2026-11-26 09:30:00] ready\n', '[INFO] ready\n', '[Service]\nready = yes\n']) {
    it(`is no half of a JSON, though it begins with a bracket: ${text.trim()}`, async () => {
      write('log', text);
      assert.equal((await look(probeOf(['log'])))[0], 'unverified');
      assert.match(
        (await look(probeOf(['log'], by({ time: 'ready' }))))[1],
        /^(the answer is not JSON|malformed: ready )/,
      );
    });
  }

  it('is judged by the newest of several files', async () => {
    write('a', '');
    write('b', '');
    const old = Date.now() / 1_000 - 90;
    utimesSync(join(folder, 'a'), old, old);
    assert.equal((await look(probeOf(['a', 'b', 'missing'], by({ time: '$mtime' }))))[0], 'healthy');
  });

  it('is judged by seconds since 1970 as a text, as a ticker of Hermes writes them', async () => {
    write('ticker_last_success', `${secondsAgo(5)}\n`);
    const probe = probeOf(['ticker_last_success'], by({ time: '$text' }));
    assert.equal((await look(probe))[0], 'healthy');
    write('ticker_last_success', secondsAgo(90));
    assert.equal((await look(probe))[0], 'wedged');
  });

  it('is judged by a field of a JSON, and by one of another file', async () => {
    write('state.json', JSON.stringify({ worker: { state: 'busy' } }));
    write('jobs.json', JSON.stringify({ jobs: [{ doneAt: Date.now() - 90_000 }] }));
    const proof = by({ time: 'jobs.0.doneAt', busy: 'worker.state' });
    let elapsedMs = 0;
    const probe = probeOf(['state.json', 'jobs.json'], proof, () => elapsedMs);
    assert.equal((await look(probe))[0], 'unverified', 'since when it is busy is not known');
    elapsedMs += 61_000;
    assert.equal((await look(probe))[0], 'wedged');
    write('state.json', JSON.stringify({ worker: { state: 'idle' } }));
    assert.equal((await look(probe))[0], 'unverified');
  });

  it('says how it is in a usual shape, and is never healthy by that alone', async () => {
    write('gateway_state.json', '{"state":"running"}');
    const probe = probeOf(['gateway_state.json']);
    assert.equal((await look(probe))[0], 'unverified');
    write('gateway_state.json', '{"state":"draining"}');
    assert.equal((await look(probe))[0], 'stopped');
  });

  it('is read whole where it is written in place meanwhile', async () => {
    const whole = JSON.stringify({ at: Date.now(), filler: 'x'.repeat(1_000) });
    write('state.json', whole.slice(0, 500));
    const probe = probeOf(['state.json'], by({ time: 'at' }));
    const asked = look(probe);
    setTimeout(() => write('state.json', whole), 30);
    assert.equal((await asked)[0], 'healthy');
  });

  it('is read whole where it is replaced all the time', async () => {
    const probe = probeOf(['state.json'], by({ time: 'at' }));
    let isOver = false;
    const writing = (async () => {
      while (!isOver) {
        write('next.json', JSON.stringify({ at: Date.now(), filler: 'x'.repeat(10_000) }));
        renameSync(join(folder, 'next.json'), join(folder, 'state.json'));
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    await new Promise((resolve) => setTimeout(resolve, 20));
    for (let ask = 0; ask < 50; ask++) assert.equal((await look(probe))[0], 'healthy');
    isOver = true;
    await writing;
  });

  it('is gone where its file is, and there again with it', async () => {
    const probe = probeOf(['state.json'], by({ time: '$mtime' }));
    assert.equal((await look(probe))[0], 'offline');
    write('state.json', '{}');
    const watch = new Watch();
    assert.equal((await look(probe, watch))[0], 'healthy');
    rmSync(join(folder, 'state.json'));
    for (let ask = 0; ask < 4; ask++) {
      watch.wait(5_000);
      await look(probe, watch);
    }
    assert.equal(watch.state, 'unreachable');
    assert.match(
      watch.reasonInWords,
      /^\S*state\.json is not there 3 times in 10 s; the daemon answered before$/,
    );
  });

  describe('is read', () => {
    const now = () => new Date().toISOString();
    const lines = (...each: readonly object[]) => each.map((line) => `${JSON.stringify(line)}\n`).join('');
    const old = { at: '2026-01-01T00:00:00Z' };
    const rows: readonly (readonly [what: string, text: () => string | Buffer, proof: object])[] = [
      ['with the mark of UTF-8', () => `\ufeff${JSON.stringify({ at: now() })}`, { time: 'at' }],
      [
        'as Windows writes it, in UTF-16',
        () => Buffer.from(`\ufeff${secondsAgo(5)}\r\n`, 'utf16le'),
        { time: '$text' },
      ],
      ['with the ends of lines of Windows', () => `{\r\n"at":"${now()}"\r\n}\r\n`, { time: 'at' }],
      ['by the last of many lines of JSON', () => lines(old, { at: now() }), { time: 'at' }],
      [
        'by the last whole line, where one is in the making',
        () => `${lines(old, { at: now() })}{"at":"20`,
        { time: 'at' },
      ],
      ['as a JSON that is a text', () => JSON.stringify(now()), { time: '$text' }],
      ['as the variables of a shell', () => `# x\nexport AT = "${now()}"\n`, { time: 'AT' }],
    ];
    for (const [what, text, proof] of rows) {
      it(what, async () => {
        write('state.json', text());
        const [state, reason] = await look(probeOf(['state.json'], by(proof)));
        assert.equal(state, 'healthy', reason);
      });
    }
  });

  it('is never proven by a time that nobody can have meant', async () => {
    const inTenMinutes = Date.now() + 600_000;
    for (const [next, expected] of [
      [`${inTenMinutes}000000`, 'healthy'],
      [`${inTenMinutes}000000000`, 'unverified'],
      ['"9999-12-31T23:59:59Z"', 'unverified'],
    ] as const) {
      write('state.json', `{"next":${next}}`);
      const [state, reason] = await look(probeOf(['state.json'], by({ due: 'next' })));
      assert.equal(state, expected, `${next}: ${reason}`);
    }
  });

  it('is read for the words of its entry, though only its time proves something', async () => {
    write('state', 'not running');
    const files = [join(folder, 'state')];
    const progress = by({ time: '$mtime' });
    const entry = { files, means: { 'not running': 'stopped' }, progress };
    const { target, kind, asks } = readDaemons([entry], { configured: true, allowRemote: false }).daemons[0]!;
    const probe = createProbe(target, { kind, ...(asks && { asks }) });
    probes.push(probe);
    assert.equal((await look(probe))[0], 'stopped');
  });

  it('finds files by any pattern at once', async () => {
    write('state', '{"status":"pass"}');
    write('a'.repeat(250), '{}');
    for (const [pattern, state] of [
      [`${'*a'.repeat(30)}*b`, 'unverified'],
      ['*a*aa', 'healthy'],
      [`${'a'.repeat(200)}*${'a'.repeat(51)}`, 'unverified'],
    ] as const) {
      const from = { files: [join(folder, pattern)] };
      const [is] = await look(probeOf(['state'], by({ time: '$mtime', from })));
      assert.equal(is, state, pattern);
    }
  });

  it('shows no secret of what it wrote', async () => {
    const secret = 'hunter2hunter2';
    for (const [text, proof] of [
      [`export DB_PASSWORD=${secret}`, { time: '$text' }],
      [`FOO=${secret}`, { time: '$text' }],
      [JSON.stringify({ at: `token=${secret}` }), { time: 'at' }],
      [JSON.stringify({ at: { FOO: secret } }), { time: 'at' }],
      [JSON.stringify({ status: 'fail', output: `password=${secret} is wrong` }), undefined],
      [
        JSON.stringify({ status: 'fail', checks: { db: { status: 'fail', output: `token=${secret}` } } }),
        undefined,
      ],
    ] as const) {
      write('state.json', text);
      const probe = probeOf(['state.json'], proof && by(proof));
      const sample = await probe.ask();
      assert.ok(!JSON.stringify([sample, await look(probe)]).includes(secret), JSON.stringify(sample));
    }
  });

  describe('has one clear sentence for', () => {
    const rows: readonly (readonly [what: string, put: (file: string) => void, reason: RegExp])[] = [
      ['half of a JSON', (file) => writeFileSync(file, '{"at":'), /state\.json holds half of a JSON$/],
      ['half of a list', (file) => writeFileSync(file, '[ 12,'), /state\.json holds half of a JSON$/],
      ['the beginning of a list', (file) => writeFileSync(file, '['), /state\.json holds half of a JSON$/],
      ['binary', (file) => writeFileSync(file, Buffer.from([0, 1, 2, 255])), /^the answer is not JSON$/],
      ['nothing in it', (file) => writeFileSync(file, ''), /^the answer is empty$/],
      [
        '5 MiB',
        (file) => writeFileSync(file, Buffer.alloc(5 * 1024 * 1024, 'x')),
        /state\.json is longer than 4 MiB$/,
      ],
      ['a folder', (file) => mkdirSync(file), /state\.json is not a plain file$/],
      [
        'another type',
        (file) => writeFileSync(file, '{"at":[]}'),
        /^malformed: at should be a time.*is \[\]$/,
      ],
      ['a missing field', (file) => writeFileSync(file, '{"x":1}'), /^malformed: at is missing$/],
      [
        'another type, very deep',
        (file) => writeFileSync(file, `{"at":${'['.repeat(50_000)}${']'.repeat(50_000)}}`),
        /^malformed: at should be a time.*is \[…\]$/,
      ],
      [
        'very deep JSON',
        (file) => writeFileSync(file, '['.repeat(200_000)),
        /^the answer has more than 100000/,
      ],
    ];
    for (const [what, put, reason] of rows) {
      it(what, async () => {
        put(join(folder, 'state.json'));
        assert.match((await look(probeOf(['state.json'], by({ time: 'at' }))))[1], reason);
      });
    }

    it('a path that is too long, or leads through a file', async () => {
      assert.match(
        (await look(probeOf(['x'.repeat(300)], by({ time: 'at' }))))[1],
        /^\S+… could not be read$/,
      );
      write('state.json', '{}');
      assert.equal((await look(probeOf(['state.json/x'], by({ time: 'at' }))))[0], 'offline');
    });

    it('a pipe that nobody writes into', async function () {
      if (process.platform === 'win32') notRun(this, 'Windows has no pipes in folders');
      execFileSync('mkfifo', [join(folder, 'pipe')]);
      assert.match((await look(probeOf(['pipe'], by({ time: 'at' }))))[1], /pipe is not a plain file$/);
    });

    it('a file that it may not read', async function () {
      if (process.platform === 'win32' || process.getuid?.() === 0) notRun(this, 'root may read all files');
      write('state.json', '{}');
      chmodSync(join(folder, 'state.json'), 0);
      assert.match((await look(probeOf(['state.json'], by({ time: 'at' }))))[1], /could not be read$/);
    });
  });
});
