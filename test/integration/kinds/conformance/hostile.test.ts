import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import type { AskTimeouts } from '../../../../src/kinds/kind';
import type { Target } from '../../../../src/model/target';
import { notRun } from '../../../support/notRun';
import { until } from '../../../support/until';
import { Gate, type Said } from './gate';
import { assertHarmless, hostileBody } from './hostile';
import { ALL_KINDS } from './stages';
import { eachKind, tellsOfWork, type Play } from './theatre';

const TIMEOUTS: AskTimeouts = { requestMs: 3_000, fallbackMs: 1_000 };
const RUNS = { seed: 12, numRuns: 60, interruptAfterTimeLimit: 15_000 };

/** Every answer of a daemon that has an address is replaced by one that is made of this. */
async function overHttp(play: Play): Promise<void> {
  const gate = await Gate.before(play.target);
  try {
    const real: string[] = [];
    gate.says((said) => {
      if (said.status === 200) real.push(said.body);
      return said;
    });
    const probe = play.probe({ timeouts: TIMEOUTS }, gate.target);
    await until(async () => (await probe.ask()).ok, 'a first answer');
    const answer: fc.Arbitrary<Said> = fc.record(
      {
        body: fc.constantFrom(...real).chain(hostileBody),
        status: fc.constantFrom(...Array<number>(12).fill(200), 404, 301, 401, 500),
        type: fc.constantFrom('application/json', 'application/json', 'text/html', 'text/plain; charset=x'),
        cutAt: fc.nat(2_000),
      },
      { requiredKeys: ['body', 'status', 'type'] },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(answer, { minLength: 1, maxLength: 3 }), async (answers) => {
        let n = 0;
        // A route that it does not have stays none: else another kind takes the answer for its own.
        gate.says((said) => (said.status === 200 ? answers[n++ % answers.length]! : said));
        assertHarmless(await probe.ask());
      }),
      RUNS,
    );
    gate.says((said) => said);
    await until(async () => (await probe.ask()).ok, 'a good answer after the bad ones');
  } finally {
    await gate.close();
  }
}

/** The same of a daemon that writes a file. @returns the file that stands in its place */
function fileBeside({ target }: Play): {
  readonly file: string;
  readonly place: Target;
  readonly real: string;
} {
  const own = target.kind === 'file' ? target.paths[0]! : '';
  const file = join(dirname(own), 'hostile.json');
  return { file, place: { kind: 'file', paths: [file] }, real: readFileSync(own, 'utf8') };
}

async function inAFile(play: Play): Promise<void> {
  const { file, place, real } = fileBeside(play);
  const probe = play.probe({ kind: play.stage.kind.id, timeouts: TIMEOUTS }, place);
  const write = async (content: string) => {
    writeFileSync(file, content);
    const sample = await probe.ask();
    assertHarmless(sample);
    return sample;
  };
  await fc.assert(
    fc.asyncProperty(hostileBody(real), async (content) => void (await write(content))),
    RUNS,
  );
  for (let length = 0; length < real.length; length++) {
    assert.equal((await write(real.slice(0, length))).ok, false, `cut after ${length} bytes`);
  }
  assert.equal((await write(real)).ok, true, 'a good file after the bad ones');
}

eachKind('a daemon of each kind whose answers are hostile', (play, kind) => {
  it('hostile: is never healthy without a proof, and is told in bounded lines', async () => {
    // So that its work is among what is replaced.
    if (tellsOfWork(kind)) await play().untilWorks();
    else await play().untilWell();
    await (play().target.kind === 'http' ? overHttp(play()) : inAFile(play()));
  });
});

const inPlaces: readonly (readonly [what: string, put: (file: string, real: string) => void])[] = [
  ['nothing', () => undefined],
  ['a folder', (file) => mkdirSync(file)],
  ['10 MB', (file) => writeFileSync(file, Buffer.alloc(10 * 1024 * 1024, 'x'))],
  ['a pipe that nobody writes into', (file) => void execFileSync('mkfifo', [file])],
  ['a link to itself', (file) => symlinkSync(file, file)],
  [
    'a file that it may not read',
    (file, real) => {
      writeFileSync(file, real);
      chmodSync(file, 0);
    },
  ],
];

/** A kind that has no address has no route either. */
const WITHOUT_ADDRESS = ALL_KINDS.filter(({ statusRoute }) => statusRoute === undefined);

eachKind(
  'a daemon of each kind without an address',
  (play) => {
    for (const [what, put] of inPlaces) {
      it(`hostile: ${what} in the place of its file is told in one line`, async function () {
        if (process.platform === 'win32')
          notRun(this, 'Windows has no pipes in folders, and no modes of files');
        const { file, place, real } = fileBeside(play());
        put(file, real);
        if (what.includes('may not') && process.getuid?.() === 0) notRun(this, 'root may read all files');
        for (const kind of [undefined, play().stage.kind.id]) {
          const startedMs = performance.now();
          const sample = await play().probe({ kind, timeouts: TIMEOUTS }, place).ask();
          assertHarmless(sample);
          assert.equal(sample.ok, false);
          assert.ok(performance.now() - startedMs < TIMEOUTS.requestMs, 'nothing was waited for');
        }
      });
    }
  },
  { kinds: WITHOUT_ADDRESS },
);
