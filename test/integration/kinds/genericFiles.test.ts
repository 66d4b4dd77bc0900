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
    const probe = probeOf(['state.json'], by({ time: 'updatedAt' }));
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

  describe('has one clear sentence for', () => {
    const rows: readonly (readonly [what: string, put: (file: string) => void, reason: RegExp])[] = [
      ['half of a JSON', (file) => writeFileSync(file, '{"at":'), /state\.json holds half of a JSON$/],
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
