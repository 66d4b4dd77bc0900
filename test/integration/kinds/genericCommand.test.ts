import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DaemonState } from '../../../src/health/states';
import type { AskTimeouts } from '../../../src/kinds/kind';
import { createProbe, type Probe } from '../../../src/kinds/probe';
import { readDaemons } from '../../../src/settings/daemonList';
import { failureText } from '../../../src/words/causes';
import { listProblemText } from '../../../src/words/listProblemText';
import { isAlive } from '../../../src/system/processTable';
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
        /^the command \S+ ended with exit code 4: no socket \[31m$/,
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

  it('does not answer where its command does not end, which is ended with what it started', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'daemon-health-command-'));
    try {
      const file = join(folder, 'pid');
      const script = `
        const { spawn } = require('node:child_process');
        const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
        require('node:fs').writeFileSync(process.argv[1], String(child.pid));
        setInterval(() => {}, 1000);`;
      const probe = probeOf(node(script, file));
      const sample = await probe.ask();
      assert.equal(sample.ok ? 'answered' : sample.failure.kind, 'timeout');
      assert.match(
        sample.ok ? '' : failureText(sample.failure),
        /: the command \S+ does not end within 5 s$/,
      );
      if (!existsSync(file)) return;
      const pid = Number(readFileSync(file, 'utf8'));
      if (process.platform !== 'win32')
        await until(async () => !(await isAlive(pid)), 'its child to be gone');
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
        'daemonHealth.daemons[0] has a problem: "command" is not a list of a program and its arguments, such as ["mydaemon", "status", "--json"].',
      ]);
    }
  });
});
