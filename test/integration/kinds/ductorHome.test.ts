import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from '../../../src/health/report';
import { createProbe, type Probe } from '../../../src/kinds/probe';
import { workingText } from '../../../src/words/work';
import { DUCTOR, FakeDuctor, pythonTime, taskEntry, tasksAnswer } from '../../support/fakeDuctor';
import { freePort } from '../../support/freePort';
import { notRun } from '../../support/notRun';
import { NOBODY, whyNoOtherUser } from '../../support/otherUser';
import { http } from '../../support/target';
import { PATIENT, reportOf } from '../support';

const PROGRAM = join(__dirname, '..', '..', 'fixtures', 'daemons', 'ductor.mjs');
const MINUTE_MS = 60_000;

describe('the home of a ductor', function () {
  this.timeout(20_000);
  let folder: string;
  let home: string;
  const probes: Probe[] = [];
  const children: ChildProcess[] = [];

  before(function () {
    if (process.platform !== 'linux')
      notRun(this, 'only Linux tells the environment of a process without a tool');
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'daemon-health-home-'));
    home = join(folder, 'elsewhere');
    chmodSync(folder, 0o777);
  });
  afterEach(async () => {
    await Promise.all(probes.splice(0).map((probe) => probe.close()));
    for (const child of children.splice(0)) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  /** A ductor as a process of its own, whose environment has this besides. */
  async function started(
    env: Readonly<Record<string, string>>,
    { port, asUser }: { port?: number; asUser?: number } = {},
  ): Promise<number> {
    const at = port ?? (await freePort());
    const child = spawn(
      process.execPath,
      [PROGRAM, '--port', `${at}`, '--home', home, '--notes-start-after-ms', '0'],
      {
        env: { PATH: process.env['PATH'], ...env },
        stdio: ['ignore', 'pipe', 'inherit'],
        ...(asUser !== undefined && { uid: asUser, gid: asUser }),
      },
    );
    children.push(child);
    await once(child.stdout, 'data');
    return at;
  }

  function turn(agoMs = 0): void {
    const [entry] = Object.values(DUCTOR.files.inflight.turns);
    const at = pythonTime(Date.now() - agoMs);
    writeFileSync(
      join(home, 'inflight_turns.json'),
      JSON.stringify({ turns: { 7: { ...entry, started_at: at } } }),
    );
  }

  /** @param env that of our own editor */
  function probeOf(port: number, env: Readonly<Record<string, string>> = {}): Probe {
    const probe = createProbe(http(`http://127.0.0.1:${port}`), { timeouts: PATIENT, kind: 'ductor', env });
    probes.push(probe);
    return probe;
  }
  const titles = (report: Report) => report.sessions?.map(({ title }) => title);

  for (const [what, env] of [
    ['as DUCTOR_HOME', () => ({ DUCTOR_HOME: home })],
    ['as DUCTOR_HOME in its own home folder', () => ({ DUCTOR_HOME: '~/elsewhere', HOME: folder })],
    ['in its own home folder', () => ({ HOME: ((home = join(folder, '.ductor')), folder) })],
  ] as const) {
    it(`is where the process that listens has it ${what}`, async () => {
      const vars = env();
      const port = await started(vars);
      turn();
      const report = reportOf(await probeOf(port).ask());
      assert.deepEqual(titles(report), ['migrate the database schema']);
      assert.equal(report.instance?.pid, children[0]!.pid);
    });
  }

  it('is that of our own environment where its process says nothing of one', async () => {
    const port = await started({ HOME: join(folder, 'nothing-here') });
    turn();
    const report = reportOf(await probeOf(port, { DUCTOR_HOME: home }).ask());
    assert.deepEqual(titles(report), ['migrate the database schema']);
  });

  it('is another one when another process listens', async () => {
    const port = await started({ DUCTOR_HOME: home });
    const probe = probeOf(port);
    turn();
    assert.equal(reportOf(await probe.ask()).sessions?.length, 1);
    const [first] = children.splice(0);
    first!.kill('SIGKILL');
    await once(first!, 'exit');
    assert.equal((await probe.ask()).ok, false);
    home = join(folder, 'moved');
    await started({ DUCTOR_HOME: home }, { port });
    turn();
    assert.equal(reportOf(await probe.ask()).instance?.pid, children[0]!.pid);
  });

  it('is not known of a ductor that runs for another user, whatever files are ours', async function () {
    const reason = whyNoOtherUser();
    if (reason !== undefined) notRun(this, reason);
    const port = await started({ DUCTOR_HOME: home }, { asUser: NOBODY });
    const own = join(folder, 'own');
    mkdirSync(join(own, 'config'), { recursive: true });
    writeFileSync(join(own, 'config', 'config.json'), JSON.stringify({ interagent_port: port }));
    writeFileSync(join(own, 'bot.pid'), `${process.pid}`);
    const report = reportOf(await probeOf(port, { DUCTOR_HOME: own }).ask());
    assert.deepEqual(
      [report.sessions, report.unknownWork, report.instance],
      [undefined, { subAgents: [], turns: true, tasks: false }, undefined],
    );
    assert.equal(workingText(report, true), 'tasks: none running · turns: not known');
  });

  it('tells the cap of all extensions that its process has', async () => {
    const port = await started({ DUCTOR_HOME: home, DUCTOR_DYNAMIC_TIMEOUT_MAX_SECONDS: '2700' });
    turn();
    const [session] = reportOf(await probeOf(port).ask()).sessions!;
    assert.deepEqual([session!.timeoutMs, session!.maxExtensions], [30 * MINUTE_MS, 1]);
  });

  it('is none of ours: "none" is said only of the tasks, also where one was done today', async () => {
    const ductor = await FakeDuctor.start();
    try {
      ductor.routes['/tasks/list'] = tasksAnswer(
        taskEntry({ status: 'done', completed_at: Date.now() / 1_000 }),
      );
      const env = { DUCTOR_HOME: join(homedir(), 'no-ductor-here') };
      const report = reportOf(await probeOf(ductor.port, env).ask());
      assert.equal(workingText(report, true), 'tasks: none running · turns: not known');
    } finally {
      await ductor.stop();
    }
  });
});
