import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { DaemonState } from '../../../src/health/states';
import type { AskTimeouts } from '../../../src/kinds/kind';
import { createProbe, type Probe } from '../../../src/kinds/probe';
import { readDaemons } from '../../../src/settings/daemonList';
import { failureText } from '../../../src/words/causes';
import { listProblemText } from '../../../src/words/listProblemText';
import { isAlive } from '../../../src/system/processTable';
import { notRun } from '../../support/notRun';
import { until } from '../../support/until';
import { Watch } from '../../unit/health/support';
import { assertHarmless } from './conformance/hostile';

const PATIENT: AskTimeouts = { requestMs: 20_000, fallbackMs: 20_000 };

describe('a daemon of any make that a command tells of', function () {
  this.timeout(60_000);
  const probes: Probe[] = [];
  afterEach(async () => {
    await Promise.all(probes.splice(0).map((probe) => probe.close()));
  });

  /** A probe as a window makes one of an entry. */
  function probeOf(command: readonly string[], progress?: object, timeouts = PATIENT): Probe {
    const entry = { name: 'x', command, ...(progress && { progress: { ...progress, redAfterMs: 60_000 } }) };
    const { daemons, problems } = readDaemons([entry], { configured: true, allowRemote: false });
    assert.deepEqual(problems.map(listProblemText), []);
    const { target, kind, asks } = daemons[0]!;
    const probe = createProbe(target, { kind, timeouts, ...(asks && { asks }) });
    probes.push(probe);
    return probe;
  }

  /** A command that is this program of JavaScript. */
  const node = (script: string, ...args: readonly string[]) => [
    process.execPath,
    '-e',
    script,
    '--',
    ...args,
  ];
  const print = (text: string, exitCode = 0) =>
    node(`process.stdout.write(process.argv[1]); process.exitCode = ${exitCode}`, text);

  async function look(probe: Probe): Promise<readonly [DaemonState, string]> {
    const sample = await probe.ask();
    assertHarmless(sample);
    const watch = new Watch();
    watch.observe({ ...sample, startedMs: watch.time.monotonicMs });
    return [watch.state, watch.reasonInWords];
  }

  const now = () => new Date().toISOString();
  const ago = () => new Date(Date.now() - 90_000).toISOString();
  const good: readonly (readonly [what: string, text: () => string, progress: object, state: DaemonState])[] =
    [
      ['JSON', () => JSON.stringify({ jobs: [{ at: now() }] }), { time: 'jobs.0.at' }, 'healthy'],
      ['JSON of long ago', () => JSON.stringify({ at: ago() }), { time: 'at' }, 'wedged'],
      [
        'JSON after lines for people',
        () => `[x] Spawning\n${JSON.stringify({ at: now() })}\n`,
        { time: 'at' },
        'healthy',
      ],
      [
        'key=value, as systemctl prints',
        () => `ActiveState=active\nLastAt=${now()}\n`,
        { time: 'LastAt' },
        'healthy',
      ],
      [
        'JSON of several lines after lines for people',
        () => `[x] Spawning\n[y] Done\n${JSON.stringify({ at: now() }, null, 2)}\n`,
        { time: 'at' },
        'healthy',
      ],
      [
        'JSON in colour',
        () => `\u001b[32m${JSON.stringify({ at: now() })}\u001b[0m\n`,
        { time: 'at' },
        'healthy',
      ],
      ['key = "value", with blanks', () => `x = 1\r\nLastAt = "${now()}"\r\n`, { time: 'LastAt' }, 'healthy'],
      ['a last line', () => `the last success was at\n${now()}\n`, { time: '$text' }, 'healthy'],
    ];
  it('has said nothing wrong where it lists nothing', async () => {
    assert.equal((await look(probeOf(print('[]'), { time: '0.at' })))[0], 'unverified');
  });

  it('has the work that waits for a person, where it prints the sessions of Claude Code', async () => {
    const recorded = readFileSync(join(__dirname, '../../fixtures/claude/agents-many.json'), 'utf8');
    const { stdout } = JSON.parse(recorded) as { readonly stdout: string };
    const sample = await probeOf(print(stdout)).ask();
    assert.deepEqual(sample.ok && sample.report.sessions?.map(({ title, status }) => [title, status]), [
      ['say hello', 'waiting'],
      ['count the files', 'running'],
    ]);
  });

  for (const [what, text, progress, state] of good) {
    it(`is ${state} by ${what}`, async () => {
      const [is, reason] = await look(probeOf(print(text()), progress));
      assert.equal(is, state, reason);
    });
  }

  it('says how it is in a usual shape, whatever its exit code', async () => {
    const probe = probeOf(print('{"ok":false,"error":{"message":"timeout"}}', 1));
    assert.deepEqual(await look(probe), ['unavailable', 'timeout']);
  });

  it('is run without a shell, and in no folder of a workspace', async () => {
    const script = 'console.log(JSON.stringify({ word: process.argv[1], cwd: process.cwd() }))';
    const [, reason] = await look(probeOf(node(script, '$(id); `id` > x'), { time: 'word' }));
    assert.match(reason, /is "\$\(id\); `id` > x"$/);
    const [, where] = await look(probeOf(node(script, ''), { time: 'cwd' }));
    assert.ok(!where.includes(process.cwd()), where);
  });

  describe('has one clear sentence for', () => {
    const rows: readonly (readonly [what: string, command: () => readonly string[], reason: RegExp])[] = [
      [
        'a command that is not there',
        () => ['/no/such/program', 'status'],
        /^the command \/no\/such\/program was not found$/,
      ],
      [
        'an exit code, with its last words',
        () => node('console.error("warning\\nno socket\\u001b[31m"); process.exit(4)'),
        /^the command \S+ ended with exit code 4: no socket$/,
      ],
      ['a path through a file', () => [join(__filename, 'x')], /^the command \S+ was not found$/],
      [
        'arguments that the system does not take',
        () => [process.execPath, 'x'.repeat(5_000_000)],
        /^the system does not start the command \S+$/,
      ],
      ['an exit code alone', () => node('process.exit(4)'), /^the command \S+ ended with exit code 4$/],
      [
        'what prints for ever',
        () => node('for (;;) require("fs").writeSync(1, "x".repeat(65536))'),
        /^the command \S+ prints over 1 MiB$/,
      ],
      ['binary', () => node('process.stdout.write(Buffer.from([0, 1, 255]))'), /^the answer is not JSON$/],
      ['half of a JSON', () => print('{"at":'), /^the answer is not JSON$/],
      ['nothing', () => print(''), /^the answer is empty$/],
      ['another type', () => print('{"at":{}}'), /^malformed: at should be a time.*is \{\}$/],
    ];
    for (const [what, command, reason] of rows) {
      it(what, async () => assert.match((await look(probeOf(command(), { time: 'at' })))[1], reason));
    }
  });

  it('shows nothing of what it prints for programs, and no secret', async () => {
    const secret = 'hunter2hunter2';
    const text = [
      `{"x":"y","anything":"${secret}"}`,
      `{\n  "anything": "${secret}"\n}`,
      `  "anything": "${secret}"`,
      `HOME=/root\nANYTHING=${secret}`,
      `export ANYTHING=${secret} more`,
      `the token=${secret} is wrong`,
    ];
    for (const printed of text) {
      for (const stream of ['stdout', 'stderr']) {
        const script = `process.${stream}.write(process.argv[1]); process.exitCode = 1`;
        const [, reason] = await look(probeOf(node(script, printed), { time: 'at' }));
        assert.match(reason, /^the command \S+ ended with exit code 1(: the token=<redacted> is wrong)?$/);
      }
    }
  });

  it('is told by a program of the home folder, and leaves nothing behind that holds on to its group', async function () {
    if (process.platform === 'win32') notRun(this, 'Windows has no groups');
    const folder = mkdtempSync(join(homedir(), '.daemon-health-command-'));
    try {
      const file = join(folder, 'pids');
      const lasting = (stdio: string) =>
        `spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: ${stdio} })`;
      const script = `#!${process.execPath}
        const { spawn } = require('node:child_process');
        const left = [${lasting("'ignore'")}, ${lasting("'inherit'")}];
        require('node:fs').writeFileSync(process.argv[2], left.map(({ pid }) => pid).join(' '));
        console.log(JSON.stringify({ at: new Date().toISOString() }));
        process.exit();`;
      writeFileSync(join(folder, 'status'), script, { mode: 0o755 });
      const [state, reason] = await look(
        probeOf([`~/${basename(folder)}/status`, `~/${basename(folder)}/pids`], { time: 'at' }),
      );
      assert.equal(state, 'healthy', reason);
      for (const pid of readFileSync(file, 'utf8').split(' '))
        await until(async () => !(await isAlive(Number(pid))), 'what the command left to be gone');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('does not answer where its command does not end, which is ended with what it started', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'daemon-health-command-'));
    try {
      const file = join(folder, 'pid');
      const script = `
        const { spawn } = require('node:child_process');
        const lasting = (detached) =>
          spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit', detached }).pid;
        require('node:fs').writeFileSync(process.argv[1], [lasting(false), lasting(true)].join(' '));
        setInterval(() => {}, 1000);`;
      const probe = probeOf(node(script, file));
      const sample = await probe.ask();
      assert.equal(sample.ok ? 'answered' : sample.failure.kind, 'timeout');
      assert.match(
        sample.ok ? '' : failureText(sample.failure),
        /: the command \S+ does not end within 5 s$/,
      );
      if (!existsSync(file)) return;
      const [inGroup, apart] = readFileSync(file, 'utf8').split(' ').map(Number);
      if (process.platform !== 'win32')
        await until(async () => !(await isAlive(inGroup!)), 'its child to be gone');
      // Elsewhere the system does not tell whose a process is that left the group.
      if (process.platform === 'linux')
        await until(async () => !(await isAlive(apart!)), 'its child of another group to be gone');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('is answered though something that the command started holds its output open', async () => {
    const script = `
      const { spawn } = require('node:child_process');
      spawn(process.execPath, ['-e', 'setTimeout(() => {}, 15000)'], { stdio: 'inherit', detached: true }).unref();
      console.log(JSON.stringify({ at: new Date().toISOString() }));`;
    const [state, reason] = await look(probeOf(node(script), { time: 'at' }));
    assert.equal(state, 'healthy', reason);
  });

  it('is refused where its command is no list of words', () => {
    for (const command of [[], 'x status', [1], [''], ['x', null], ['a\0b'], Array(51).fill('x')]) {
      const { problems } = readDaemons([{ command }], { configured: true, allowRemote: false });
      assert.deepEqual(problems.map(listProblemText), [
        'daemonHealth.daemons[0].command is not a list of a program and its arguments, such as ["mydaemon", "status", "--json"].',
      ]);
    }
  });
});
