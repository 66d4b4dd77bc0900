import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHATTY, LONG, node } from '../../support/dispatchd/commands';
import {
  alive,
  type Answer,
  DaemonProcess,
  dispatchdFile,
  newStateDir,
  stopDaemons,
} from '../../support/dispatchd/daemonProcess';
import { notRun } from '../../support/notRun';
import { until } from '../../support/until';

const POSIX = process.platform !== 'win32';

describe('dispatchd sessions over HTTP', function () {
  this.timeout(30_000);
  before(() => dispatchdFile());
  afterEach(stopDaemons);

  const code = (answer: Answer) => answer.json<{ error: { code: string } }>().error.code;
  const taskId = (answer: Answer) => answer.json<{ task: { id: string } }>().task.id;

  it('carries deadline, activity and limits while it runs', async () => {
    const daemon = await DaemonProcess.start();
    const id = await daemon.submit({ name: 'agent', ...CHATTY, timeoutMs: 60_000, maxExtensions: 2 });
    const began = await daemon.session(id, 'running');
    await until(
      async () => (await daemon.session(id, 'running')).lastActivityAt > began.startedAt,
      'activity',
    );
    const session = await daemon.session(id, 'running');
    const leftMs = Date.parse(session.deadlineAt) - Date.parse(session.startedAt);
    assert.ok(Math.abs(leftMs - 60_000) < 1_000, String(leftMs));
    for (const [key, value] of Object.entries({
      id,
      name: 'agent',
      kind: 'foreground',
      timeoutMs: 60_000,
      extensionsUsed: 0,
      maxExtensions: 2,
      attempt: 1,
      recovered: false,
    })) {
      assert.equal((session as unknown as Record<string, unknown>)[key], value, key);
    }
    assert.match(session.command, /working/);
    assert.equal((await daemon.session(id, 'running')).deadlineAt, session.deadlineAt);
  });

  it('times out a silent command at its base time, and says how to give it more', async () => {
    const daemon = await DaemonProcess.start();
    const id = await daemon.submit({ ...LONG, timeoutMs: 300 });
    const session = await daemon.session(id, 'timed-out');
    assert.match(
      session.outcome,
      /^Timed out after .* \(limit 300 ms, no extensions\)\. Run it again with more time/,
    );
    assert.match(daemon.stderr, /timed-out: Timed out/);
  });

  it('extends a command that writes, then times it out', async () => {
    const daemon = await DaemonProcess.start();
    const id = await daemon.submit({
      ...CHATTY,
      // A Node process on a loaded machine may take seconds to its first output.
      timeoutMs: 5_000,
      activityExtensionMs: 200,
      maxExtensions: 2,
    });
    const session = await daemon.session(id, 'timed-out');
    assert.equal(session.extensionsUsed, 2);
    assert.equal(daemon.stderr.match(/is active: extended by \d+ ms/g)?.length, 2);
  });

  it('extends on request up to the cap', async () => {
    const daemon = await DaemonProcess.start();
    const id = await daemon.submit({ ...LONG, timeoutMs: 60_000, maxTotalMs: 100_000 });
    const before = await daemon.session(id, 'running');
    const first = await daemon.post(`/api/sessions/${id}/extend`, { extensionMs: 30_000 });
    assert.equal(first.status, 200);
    assert.equal(first.json().extendedByMs, 30_000);
    const after = await daemon.session(id, 'running');
    assert.equal(Date.parse(after.deadlineAt) - Date.parse(before.deadlineAt), 30_000);
    assert.equal(after.requestedExtensions, 1);
    assert.equal(after.extensionsUsed, 0);
    assert.equal((await daemon.post(`/api/sessions/${id}/extend`)).json().extendedByMs, 10_000);
    const third = await daemon.post(`/api/sessions/${id}/extend`);
    assert.equal(third.status, 409);
    assert.equal(code(third), 'AT_CAP');
    const bad = await daemon.post(`/api/sessions/${id}/extend`, { extensionMs: 'long' });
    assert.equal(bad.status, 400);
  });

  it('refuses to extend what does not run', async () => {
    const daemon = await DaemonProcess.start();
    const id = await daemon.submit(node(''));
    await daemon.session(id, 'completed');
    assert.equal(code(await daemon.post(`/api/sessions/${id}/extend`)), 'NOT_RUNNING');
    assert.equal((await daemon.post('/api/sessions/none/extend')).status, 404);
  });

  it('cancels: the status changes only when the processes are gone', async function () {
    if (!POSIX) notRun(this, 'Windows has no POSIX signals');
    const daemon = await DaemonProcess.start();
    const file = join(daemon.stateDir, 'pid');
    const id = await daemon.submit({
      command: `(trap "" TERM; echo $$ > "${file}"; sleep 60; sleep 60) & wait`,
    });
    await until(() => existsSync(file) && readFileSync(file, 'utf8') !== '', 'its pid');
    const answer = await daemon.post(`/api/sessions/${id}/cancel`);
    assert.equal(answer.status, 202);
    const { session } = answer.json<{ session: { status: string; stopping: { cause: string } } }>();
    assert.equal(session.status, 'running');
    assert.equal(session.stopping.cause, 'cancel');
    await daemon.session(id, 'cancelled');
    assert.equal(alive(Number(readFileSync(file, 'utf8'))), false);
    assert.equal(code(await daemon.post(`/api/sessions/${id}/cancel`)), 'NOT_RUNNING');
  });

  it('stops also what left the process group', async function () {
    if (process.platform !== 'linux') notRun(this, 'the processes are read from /proc, on Linux only');
    const daemon = await DaemonProcess.start();
    const file = join(daemon.stateDir, 'pid');
    const script = `const { spawn } = require('child_process');
      const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { detached: true, stdio: 'ignore' });
      require('fs').writeFileSync(${JSON.stringify(file)}, String(child.pid));
      setTimeout(() => {}, 60_000);`;
    const id = await daemon.submit({ ...node(script), timeoutMs: 1_500 });
    await until(() => existsSync(file) && readFileSync(file, 'utf8') !== '', 'its pid');
    await daemon.session(id, 'timed-out');
    assert.equal(alive(Number(readFileSync(file, 'utf8'))), false);
  });

  it('stops also what left the group and cleared its environment, by the output that it holds', async function () {
    if (process.platform !== 'linux') notRun(this, 'the processes are read from /proc, on Linux only');
    const daemon = await DaemonProcess.start();
    const file = join(daemon.stateDir, 'pid');
    const inner = `echo $$ > ${file}; exec sleep 303`;
    const id = await daemon.submit({ command: `env -i setsid -f /bin/sh -c '${inner}'; sleep 60` });
    await until(() => existsSync(file) && readFileSync(file, 'utf8') !== '', 'its pid');
    await daemon.post(`/api/sessions/${id}/cancel`);
    await daemon.session(id, 'cancelled');
    const pid = Number(readFileSync(file, 'utf8'));
    const isAlive = alive(pid);
    if (isAlive) process.kill(pid, 'SIGKILL');
    assert.equal(isAlive, false);
  });

  it('cancels what waits, at once', async () => {
    const daemon = await DaemonProcess.start(['--workers', '0']);
    const id = await daemon.submit(LONG);
    await daemon.post(`/api/sessions/${id}/cancel`);
    const session = await daemon.session(id, 'cancelled');
    assert.equal(session.outcome, 'Cancelled before it began.');
    assert.equal((await daemon.status()).health.readyUnassignedTasks, 0);
  });

  it('shows the end of the output, to those with the token', async () => {
    const daemon = await DaemonProcess.start();
    const id = await daemon.submit(
      node('for (let i = 0; i < 5; i++) console.log("line", i); console.error("oops")'),
    );
    await daemon.session(id, 'completed');
    const path = `/api/sessions/${id}/output`;
    assert.equal((await daemon.get(path)).status, 401);
    const all = await daemon.request('GET', path, { token: daemon.token });
    assert.equal(all.headers['content-type'], 'text/plain; charset=UTF-8');
    for (const line of ['line 0', 'line 4', 'oops']) assert.ok(all.text.includes(`${line}\n`), line);
    const tail = await daemon.request('GET', `${path}?tail=1`, { token: daemon.token });
    assert.equal(tail.text.trim().split('\n').length, 1);
    for (const wrong of ['0', '-1', 'x', '999999999']) {
      assert.equal(
        (await daemon.request('GET', `${path}?tail=${wrong}`, { token: daemon.token })).status,
        400,
      );
    }
  });

  it('survives a command that floods its output', async () => {
    const daemon = await DaemonProcess.start();
    const id = await daemon.submit(
      node(
        'const b = "x".repeat(65535) + "\\n"; for (let i = 0; i < 400; i++) process.stdout.write(b); process.stdout.write("end\\n")',
      ),
    );
    await daemon.session(id, 'completed');
    const tail = await daemon.request('GET', `/api/sessions/${id}/output?tail=1`, { token: daemon.token });
    assert.equal(tail.text, 'end\n');
  });

  it('takes follow-ups of a name one after the other, with their prompt', async () => {
    const daemon = await DaemonProcess.start();
    const file = join(daemon.stateDir, 'turns');
    const script = `const { DISPATCHD_TURN, DISPATCHD_PROMPT } = process.env;
      const fs = require('fs');
      fs.appendFileSync(${JSON.stringify(file)}, 'begin ' + DISPATCHD_TURN + ' ' + DISPATCHD_PROMPT + '\\n');
      setTimeout(() => fs.appendFileSync(${JSON.stringify(file)}, 'end ' + DISPATCHD_TURN + '\\n'), 100);`;
    const first = await daemon.submit({ name: 'otter', kind: 'named', prompt: 'one', ...node(script) });
    const second = await daemon.submit({ name: 'otter', kind: 'named', prompt: 'two' });
    await daemon.session(second, 'completed');
    assert.equal(readFileSync(file, 'utf8'), 'begin 1 one\nend 1\nbegin 2 two\nend 2\n');
    assert.equal((await daemon.session(first, 'completed')).turn, 1);
    assert.equal((await daemon.session(second, 'completed')).turn, 2);
    const unknown = await daemon.post('/api/tasks', { name: 'badger', kind: 'named', prompt: 'x' });
    assert.equal(unknown.status, 400);
  });

  it('runs a finished session again, with more time', async () => {
    const daemon = await DaemonProcess.start();
    const id = await daemon.submit({ ...LONG, timeoutMs: 100 });
    assert.equal(code(await daemon.post(`/api/recovery/${id}/dismiss`)), 'NOT_INTERRUPTED');
    await daemon.session(id, 'timed-out');
    const again = await daemon.post(`/api/sessions/${id}/run`, { timeoutMs: 50_000 });
    assert.equal(again.status, 201);
    const session = await daemon.session(taskId(again), 'running');
    assert.equal((session as unknown as { timeoutMs: number }).timeoutMs, 50_000);
    assert.equal((session as unknown as { rerunOf: string }).rerunOf, id);
    assert.equal(code(await daemon.post(`/api/sessions/${session.id}/run`)), 'STILL_RUNNING');
  });

  it('says why a command could not run', async () => {
    const daemon = await DaemonProcess.start();
    const id = await daemon.submit({ command: 'no-such-program-here', args: [] });
    assert.match((await daemon.session(id, 'failed')).outcome, /command not found|ENOENT/);
  });

  it('gives a command nothing of the editor that started it', async () => {
    const editor = {
      ELECTRON_RUN_AS_NODE: '1',
      VSCODE_PID: '1',
      CLAUDECODE: '1',
      GIT_ASKPASS: '/code/askpass.sh',
    };
    const kept = { GEMINI_CLI: 'mine', DAEMON_HEALTH_KEEP_ENV: 'GEMINI_CLI', MINE: 'x' };
    const daemon = await DaemonProcess.start([], newStateDir(), {}, undefined, { ...editor, ...kept });
    const id = await daemon.submit(node('console.log("ENV" + JSON.stringify(process.env))'));
    await daemon.session(id, 'completed');
    const { text } = await daemon.request('GET', `/api/sessions/${id}/output?tail=10000`, {
      token: daemon.token,
    });
    const env = JSON.parse(/^ENV(.*)$/m.exec(text)?.[1] ?? '{}') as NodeJS.ProcessEnv;
    for (const name of Object.keys(editor)) assert.equal(env[name], undefined, name);
    for (const [name, value] of Object.entries(kept)) assert.equal(env[name], value, name);
    assert.equal(env.DISPATCHD_SESSION_NAME, 'test');
    assert.equal(env.PATH, process.env.PATH);
  });

  it('counts a command as over although a child holds its output open', async function () {
    if (!POSIX) notRun(this, 'Windows has no POSIX signals');
    const daemon = await DaemonProcess.start();
    const id = await daemon.submit({ command: 'sleep 5 & exit 0' });
    await daemon.session(id, 'completed');
  });
});
