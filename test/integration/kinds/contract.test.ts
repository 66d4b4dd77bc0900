import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import Ajv from 'ajv';
import { CONTRACT_FIELDS, readContract } from '../../../src/kinds/generic/contract';
import { readSaid } from '../../../src/kinds/generic/said';
import { MAX_RED_AFTER_MS, MIN_RED_AFTER_MS } from '../../../src/kinds/policy';
import { createProbe, type Probe } from '../../../src/kinds/probe';
import { readDaemons } from '../../../src/settings/daemonList';
import { freePort } from '../../support/freePort';
import { notRun } from '../../support/notRun';
import { until } from '../../support/until';
import { Watch } from '../../unit/health/support';
import { PATIENT, Scope } from '../support';

const ROOT = resolve(__dirname, '../../..');
const PAGE = readFileSync(join(ROOT, 'docs', 'health-contract.md'), 'utf8');
const SCHEMA = JSON.parse(readFileSync(join(ROOT, 'docs', 'health.schema.json'), 'utf8')) as {
  readonly examples: readonly { readonly progress: object }[];
  readonly properties: { readonly progress: { readonly properties: Readonly<Record<string, object>> } };
};
const isValid = new Ajv({ strict: false }).compile(SCHEMA);

/** The first block of this language on the page. */
function block(language: string): string {
  const found = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(PAGE)?.[1];
  assert.ok(found, `docs/health-contract.md has a block of ${language}`);
  return found;
}

/** Changes one thing of an example, which stands in it once. */
function put(text: string, from: string, to: string): string {
  assert.equal(text.split(from).length, 2, `the example has "${from}" once`);
  return text.replace(from, to);
}

const PYTHON = ['python3', 'python'].find(
  (name) => spawnSync(name, ['-c', 'import sys; sys.exit(sys.version_info < (3, 8))']).status === 0,
);

interface Example {
  readonly language: string;
  readonly files: Readonly<Record<string, string>>;
  /** Where its code goes, and how long it rests between two turns. */
  readonly program: string;
  readonly rests: string;
  readonly restsHere: string;
  readonly isImport: RegExp;
  readonly argv: readonly string[] | undefined;
}

const EXAMPLES: readonly Example[] = [
  {
    language: 'ts',
    program: 'daemon.ts',
    files: {
      'package.json': '{ "type": "module" }',
      'work.js': `import { existsSync } from 'node:fs';
        export const work = async () => { if (existsSync('hang')) await new Promise(() => {}); };`,
    },
    rests: 'setTimeout(1_000)',
    restsHere: 'setTimeout(50)',
    isImport: /^import /,
    argv: [process.execPath, '--import', pathToFileURL(require.resolve('tsx')).href, 'daemon.ts'],
  },
  {
    language: 'python',
    program: 'daemon.py',
    files: {
      'work.py':
        'import os, threading\ndef work():\n    if os.path.exists("hang"): threading.Event().wait()\n',
    },
    rests: 'sleep(1)',
    restsHere: 'sleep(0.05)',
    isImport: /^(import|from) /,
    argv: PYTHON === undefined ? undefined : [PYTHON, 'daemon.py'],
  },
];

describe('the health contract', function () {
  this.timeout(60_000);
  const scope = new Scope();
  afterEach(() => scope.close());

  function probeOf(entry: object): Probe {
    const { daemons, problems } = readDaemons([entry], { configured: true, allowRemote: false });
    assert.deepEqual(problems, []);
    const { target, kind, asks } = daemons[0]!;
    const probe = createProbe(target, { kind, timeouts: PATIENT, ...(asks && { asks }) });
    scope.add(() => probe.close());
    return probe;
  }

  /** Starts an example of the page, in a folder of its own. */
  function start({ program, files, argv }: Example, code: string): string {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'daemon-health-contract-')));
    scope.add(() => {
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
      return Promise.resolve();
    });
    for (const [name, text] of Object.entries({ ...files, [program]: code })) {
      writeFileSync(join(folder, name), text);
    }
    const child = spawn(argv![0]!, argv!.slice(1), { cwd: folder, stdio: 'ignore' });
    scope.add(() => ended(child));
    return folder;
  }

  for (const example of EXAMPLES) {
    const { language, rests, restsHere, isImport, argv } = example;

    it(`has ten lines in ${language}, which turn red when their loop hangs`, async function () {
      if (!argv) notRun(this, `no ${language}`);
      const port = await freePort();
      let code = put(block(language), '8080', String(port));
      code = put(code, '60_000', '1_000');
      code = put(code, rests, restsHere);
      const folder = start(example, code);
      const url = `http://127.0.0.1:${port}/health`;
      await until(() => fetch(url).then(({ ok }) => ok, () => false), 'an answer', 30_000); // prettier-ignore
      const answer = await fetch(url);
      assert.equal(answer.headers.get('content-type'), 'application/health+json');
      assert.ok(isValid(await answer.json()), JSON.stringify(isValid.errors));

      const [probe, watch] = [probeOf({ url }), new Watch()];
      let lookedMs = performance.now();
      const look = async () => {
        const sample = await probe.ask();
        const nowMs = performance.now();
        watch.wait(nowMs - lookedMs);
        lookedMs = nowMs;
        return watch.observe({ ...sample, startedMs: watch.time.monotonicMs });
      };
      await until(async () => (await look()) === 'healthy', 'healthy', 20_000);
      assert.equal(watch.reasonInWords, 'the time that proves progress is recent');
      writeFileSync(join(folder, 'hang'), '');
      await until(async () => (await look()) === 'wedged', 'red', 20_000);
      assert.equal(watch.reasonInWords, 'no progress: the time that proves progress is older than 1 s');
      assert.equal((await fetch(url)).status, 200, 'it still answers, and calls itself well');

      const lines = block(language).split('\n');
      const own = lines.filter((line) => line.trim() !== '' && !isImport.test(line));
      assert.ok(own.length <= 10, `${own.length} lines besides the imports`);
    });
  }

  it('is known in a file as at an address, and an entry of its own wins', async () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'daemon-health-contract-')));
    scope.add(() => Promise.resolve(rmSync(folder, { recursive: true, force: true })));
    const file = join(folder, 'health.json');
    const ago = (ms: number) => new Date(Date.now() - ms).toISOString();
    const write = (lastCompletedAt: string) =>
      writeFileSync(
        file,
        JSON.stringify({
          status: 'pass',
          other: ago(0),
          progress: { version: 1, lastCompletedAt, owedSinceAt: ago(600_000), redAfterMs: 60_000 },
        }),
      );
    const [bare, own] = [new Watch(), new Watch()];
    const probes = {
      bare: probeOf({ files: [file] }),
      own: probeOf({ files: [file], progress: { time: 'other', redAfterMs: 60_000 } }),
    };
    const look = async (probe: Probe, watch: Watch) =>
      watch.observe({ ...(await probe.ask()), startedMs: watch.time.monotonicMs });
    write(ago(1_000));
    assert.equal(await look(probes.bare, bare), 'healthy', bare.reasonInWords);
    write(ago(90_000));
    bare.wait(5_000);
    assert.equal(await look(probes.bare, bare), 'wedged', bare.reasonInWords);
    assert.equal(await look(probes.own, own), 'healthy', own.reasonInWords);
  });

  describe('and its schema', () => {
    const [example] = SCHEMA.examples;

    it('name the same fields and limits', () => {
      const { properties } = SCHEMA.properties.progress;
      assert.deepEqual(Object.keys(properties), CONTRACT_FIELDS);
      const { minimum, maximum } = properties['redAfterMs'] as Record<string, number>;
      assert.deepEqual([minimum, maximum], [MIN_RED_AFTER_MS, MAX_RED_AFTER_MS]);
      for (const field of CONTRACT_FIELDS) assert.match(PAGE, new RegExp(`^\\| \`${field}\` \\|`, 'm'));
    });

    it('have one example, which is read', () => {
      assert.deepEqual(JSON.parse(block('json')), example);
      assert.ok(isValid(example), JSON.stringify(isValid.errors));
    });

    const said: readonly (readonly [what: string, progress: object])[] = [
      ['a time without its zone', { ...example!.progress, lastCompletedAt: '2026-11-26T09:30:00' }],
      ['a day', { ...example!.progress, owedSinceAt: '2026-11-26' }],
      ['no threshold', { ...example!.progress, redAfterMs: undefined }],
      ['a threshold in words', { ...example!.progress, redAfterMs: '1 min' }],
      ['another version', { ...example!.progress, version: 2 }],
      ['nothing of what is owed', { ...example!.progress, owedSinceAt: undefined }],
    ];
    for (const [what, progress] of said) {
      it(`refuse ${what}, and so does the reader`, () => {
        const text = JSON.stringify({ status: 'pass', progress });
        assert.equal(isValid(JSON.parse(text)), false);
        const read = readContract(readSaid(text), { nowAt: Date.now(), monotonicMs: 0 });
        assert.equal(read?.signs.unknown?.is, 'malformed');
      });
    }
  });
});

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
