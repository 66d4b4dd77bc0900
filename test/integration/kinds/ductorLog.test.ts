import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/app/systemClock';
import { advanceDeadlines } from '../../../src/health/deadlines';
import type { Report, Sample } from '../../../src/health/report';
import { beginTrack, observe } from '../../../src/health/track';
import { AgentLog } from '../../../src/kinds/ductor/agentLog';
import type { Probe } from '../../../src/kinds/probe';
import { reasonText } from '../../../src/words/reasons';
import { playDuctor } from '../../support/ductorProbe';
import { agentsAnswer, type FakeDuctor } from '../../support/fakeDuctor';
import { notRun } from '../../support/notRun';
import { reportOf } from '../support';

const MINUTE_MS = 60_000;

describe('the log of a ductor is followed', () => {
  let folder: string;
  let path: string;
  const write = (...lines: readonly string[]) =>
    appendFileSync(path, lines.map((line) => `${line}\n`).join(''));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'daemon-health-log-'));
    path = join(folder, 'agent.log');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('as it grows, by whole lines', async () => {
    const log = new AgentLog(path);
    assert.deepEqual(await log.read(), []);
    write('one', 'two');
    assert.deepEqual(await log.read(), ['one', 'two']);
    appendFileSync(path, 'thr');
    assert.deepEqual(await log.read(), []);
    write('ee', 'four');
    assert.deepEqual(await log.read(), ['three', 'four']);
    assert.deepEqual(await log.read(), []);
  });

  it('by one look at a time: what a slow one reads is not read twice', async () => {
    const log = new AgentLog(path);
    write('one', 'two');
    assert.deepEqual(await Promise.all([log.read(), log.read()]), [['one', 'two'], []]);
    write('three');
    assert.deepEqual(await log.read(), ['three']);
  });

  it('over a rotation, with what was written before it', async () => {
    const log = new AgentLog(path);
    write('one');
    await log.read();
    write('two');
    renameSync(path, `${path}.1`);
    write('three');
    assert.deepEqual(await log.read(), ['two', 'three']);
    write('four');
    assert.deepEqual(await log.read(), ['four']);
  });

  it('over two rotations between two looks: what is not there any more is left out', async () => {
    const log = new AgentLog(path);
    write('one');
    await log.read();
    renameSync(path, `${path}.2`);
    write('two');
    renameSync(path, `${path}.1`);
    write('three');
    assert.deepEqual(await log.read(), ['three']);
  });

  it('where it was emptied in its place', async () => {
    const log = new AgentLog(path);
    write('one', 'two');
    await log.read();
    truncateSync(path);
    write('new');
    assert.deepEqual(await log.read(), ['new']);
  });

  it('from its end at first, in a bounded part, with the end of the file before', async () => {
    writeFileSync(`${path}.1`, 'old\n'.repeat(200_000));
    write('x'.repeat(80), 'new');
    const lines = await new AgentLog(path).read();
    assert.deepEqual([lines.at(-3), lines.at(-1)], ['old', 'new']);
    assert.ok(lines.join('\n').length <= 256 * 1024);
  });

  it('from its end where more was written than is read at once', async () => {
    const log = new AgentLog(path);
    write('one');
    await log.read();
    write(...Array.from({ length: 20_000 }, (_, index) => `${'x'.repeat(50)} ${index}`));
    const lines = await log.read();
    assert.ok(lines.length > 4_000 && lines.length < 6_000);
    assert.match(lines[0]!, /^x{50} \d+$/);
    assert.match(lines.at(-1)!, / 19999$/);
    write('next');
    assert.deepEqual(await log.read(), ['next']);
  });

  it('past a line without an end', async () => {
    const log = new AgentLog(path);
    writeFileSync(path, 'x'.repeat(600_000));
    assert.deepEqual(await log.read(), []);
    write('', 'next');
    assert.deepEqual(await log.read(), ['next']);
  });

  it('unless it is none: a folder, a pipe, a link to nothing', async function () {
    mkdirSync(path);
    assert.deepEqual(await new AgentLog(path).read(), []);
    if (process.platform === 'win32') notRun(this, 'Windows has no pipes in its folders');
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    assert.deepEqual(await new AgentLog(pipe).read(), []);
  });
});

describe('what the log of a ductor tells', function () {
  this.timeout(20_000);
  let ductor: FakeDuctor;
  let probe: Probe;

  playDuctor((played) => ({ ductor, probe } = played));
  const turnOf = (report: Report) => report.sessions?.[0];

  it('its lives while no window watched, also before a rotation', async () => {
    ductor.begin({ agoMs: 5 * MINUTE_MS });
    ductor.log('PID lock acquired (pid=11)', { agoMs: 60 * MINUTE_MS });
    ductor.log('PID lock released', { agoMs: 40 * MINUTE_MS });
    renameSync(join(ductor.home, 'logs', 'agent.log'), join(ductor.home, 'logs', 'agent.log.1'));
    ductor.log('PID lock acquired (pid=12)', { agoMs: 30 * MINUTE_MS });
    ductor.log('Stale PID file found (pid=12), overwriting', { agoMs: 5 * MINUTE_MS });
    ductor.log(`PID lock acquired (pid=${ductor.pid})`, { agoMs: 5 * MINUTE_MS });
    assert.equal(await probe.history?.(), undefined, 'nothing is known before its files are');
    reportOf(await probe.ask());
    const told = await probe.history!();
    assert.deepEqual(
      told?.lives.map(({ end, upMs }) => [end, upMs]),
      [
        ['notTold', 20 * MINUTE_MS],
        ['killed', undefined],
        ['running', undefined],
      ],
    );
    assert.ok(Math.abs(told.daemonNow - Date.now()) < MINUTE_MS);
  });

  it('an extension moves the deadline of the turn at once', async () => {
    ductor.begin({ agoMs: 5 * MINUTE_MS, config: { timeouts: { normal: 95 } } });
    ductor.turn(96_000);
    const before = turnOf(reportOf(await probe.ask()));
    ductor.log('[main:msg:1001] Timeout extended (1/3): +120s', {
      logger: 'ductor_bot.cli.timeout_controller:timeout_controller.py:159',
    });
    const after = turnOf(reportOf(await probe.ask()));
    assert.deepEqual(
      [
        after!.deadlineAt! - before!.deadlineAt!,
        after!.extensionsUsed,
        after!.maxExtensions,
        after!.deadlineAssumed,
      ],
      [120_000, 1, 3, true],
    );
  });

  it('a turn that is gone at its limit timed out: told once, in the words of the log', async () => {
    ductor.begin({ agoMs: 5 * MINUTE_MS, config: { timeouts: { normal: 95 } } });
    ductor.turn(96_000, 'write the notes');
    const samples: Sample[] = [await probe.ask()];
    ductor.log('[main:msg:1001] CLI stream timed out after 95s', { level: 'WARNING' });
    ductor.log('[main:msg:1001] Session timed out after 95s model=opus', { level: 'WARNING' });
    ductor.endTurns();
    samples.push(await probe.ask(), await probe.ask());
    const { sessions } = reportOf(samples[1]!);
    assert.deepEqual(
      sessions?.map(({ title, status, outcome, timeoutMs }) => [title, status, outcome, timeoutMs]),
      [['write the notes', 'timed-out', 'CLI stream timed out after 95s', 95_000]],
    );
    const now = systemClock.now();
    let track = beginTrack(true, {}, now);
    let known: Parameters<typeof advanceDeadlines>[0];
    const told = samples.flatMap((sample) => {
      track = observe(track, sample, 0, now).track;
      const step = advanceDeadlines(known, track, now);
      known = step.deadlines;
      return step.timedOut.map(({ session, isInferred }) => [session.title, isInferred]);
    });
    assert.deepEqual(told, [['write the notes', false]]);
    ductor.write('inflight_turns.json', '{');
    const unknown = reportOf(await probe.ask());
    assert.deepEqual([unknown.sessions?.length, unknown.unknownWork?.turns], [1, true]);
  });

  it('a turn that ended before its limit did not', async () => {
    ductor.begin({ agoMs: 5 * MINUTE_MS });
    ductor.turn(96_000);
    await probe.ask();
    ductor.endTurns();
    assert.deepEqual(reportOf(await probe.ask()).sessions, []);
  });

  it('the errors of this life, and not of the one before', async () => {
    const error = { level: 'ERROR', logger: 'aiohttp.server:web_protocol.py:410' };
    ductor.log('Old trouble', { ...error, agoMs: 90 * MINUTE_MS });
    ductor.begin({ agoMs: MINUTE_MS });
    ductor.log(`PID lock acquired (pid=${ductor.pid})`, {
      agoMs: MINUTE_MS,
      logger: 'ductor_bot.infra.pidlock:pidlock.py:128',
    });
    assert.equal(reportOf(await probe.ask()).startErrors, undefined);
    ductor.log('Error handling request', error);
    ductor.log('Agent main:\u202e trouble', error);
    const { startErrors, startErrorCount, available } = reportOf(await probe.ask());
    assert.deepEqual(
      [startErrors, startErrorCount, available],
      [['Error handling request', 'Agent main: trouble'], 2, undefined],
    );
  });

  describe('that no command line of an agent can be used', () => {
    const state = async () => {
      const now = systemClock.now();
      const { verdict } = observe(beginTrack(true, {}, now), await probe.ask(), 0, now).track;
      return [verdict.state, reasonText(verdict.reason)];
    };
    const SAID = 'No authenticated providers found! CLI calls will fail.';

    it('makes it unavailable, in its own words, until it can', async () => {
      ductor.begin({ agoMs: MINUTE_MS });
      ductor.log(SAID, { level: 'ERROR', logger: 'ductor_bot.orchestrator.lifecycle:lifecycle.py:70' });
      assert.deepEqual(await state(), ['unavailable', SAID]);
      ductor.log('[main:msg:1001] Streaming flow completed');
      assert.equal((await state())[0], 'unverified');
    });

    it('says less than the crash of its main agent', async () => {
      ductor.begin({ agoMs: MINUTE_MS });
      ductor.log(SAID, { level: 'ERROR' });
      ductor.routes['/interagent/health'] = agentsAnswer({
        main: { status: 'crashed', uptime: '0s', restart_count: 1, last_crash_error: 'no route' },
      });
      assert.deepEqual(await state(), ['unavailable', 'the main agent crashed: no route']);
    });

    it('is not read from a log of another home', async () => {
      ductor.log(SAID, { level: 'ERROR' });
      assert.equal((await state())[0], 'unverified');
    });
  });
});
