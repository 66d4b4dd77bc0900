import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { ExitFiles } from '../../../src/dispatchd/sessions/exitFile';
import { MAX_STATE_BYTES } from '../../../src/system/policy';
import { readBounded, readOwn, writePrivate, writePrivateSync } from '../../../src/system/privateFile';
import { readState, writeText } from '../../../src/system/stateFile';
import { notRun } from '../../support/notRun';

const POSIX = process.platform !== 'win32';

describe('a private file', () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'daemon-health-private-'));
    file = join(folder, 'state.json');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  for (const [how, write] of [
    ['', writePrivate],
    [' in a hurry', (path: string, text: string) => Promise.resolve(writePrivateSync(path, text))],
  ] as const) {
    it(`is its owner's alone, whatever the umask says${how}`, async function () {
      if (!POSIX) notRun(this, 'Windows has no modes');
      const before = process.umask(0);
      try {
        await write(file, 'x');
      } finally {
        process.umask(before);
      }
      assert.equal(statSync(file).mode & 0o777, 0o600);
    });

    it(`takes the place of a link, and leaves alone what it leads to${how}`, async function () {
      if (!POSIX) notRun(this, 'links need a right on Windows');
      const other = join(folder, 'other');
      writeFileSync(other, 'theirs');
      symlinkSync(other, file);
      await write(file, 'ours');
      assert.deepEqual([readFileSync(other, 'utf8'), readFileSync(file, 'utf8')], ['theirs', 'ours']);
    });

    it(`that cannot be written is as it was, and nothing is left beside it${how}`, async () => {
      mkdirSync(join(file, 'in the way'), { recursive: true });
      await assert.rejects(async () => write(file, 'x'));
      assert.deepEqual(readdirSync(folder), ['state.json']);
    });
  }

  it('is whole at every moment, and holds in the end what was asked for last', async () => {
    const texts = Array.from({ length: 40 }, (_, index) => String(index % 10).repeat(200_000));
    await writePrivate(file, texts[0]!, false);
    let isDone = false;
    const writing = Promise.all(texts.map((text) => writePrivate(file, text, false))).then(
      () => (isDone = true),
    );
    while (!isDone) {
      const text = readFileSync(file, 'utf8');
      assert.equal(text.length, 200_000);
      assert.equal(text, text.charAt(0).repeat(200_000));
      await new Promise(setImmediate);
    }
    await writing;
    assert.equal(readFileSync(file, 'utf8'), texts.at(-1));
    assert.deepEqual(readdirSync(folder), ['state.json']);
  });

  it('says in plain words why state could not be written', async () => {
    mkdirSync(join(file, 'in the way'), { recursive: true });
    await assert.rejects(writeText(file, 'x'), /^Error: cannot write its state: |cannot write its state: /);
  });

  it('is read with its mode and its time', async () => {
    await writePrivate(file, 'ä');
    const read = await readOwn(file);
    assert.ok(read && 'text' in read);
    assert.deepEqual([read.text, POSIX ? read.mode : 0o600], ['ä', 0o600]);
    assert.equal(read.changedAt, statSync(file).mtimeMs);
  });

  for (const [length, isRead] of [
    [0, true],
    [10, true],
    [11, false],
    [1_000_000, false],
  ] as const) {
    it(`of ${length} bytes is ${isRead ? 'read' : 'refused'} where 10 are allowed`, async () => {
      writeFileSync(file, 'x'.repeat(length));
      const own = await readOwn(file, 10);
      assert.equal(own && 'text' in own ? own.text.length : undefined, isRead ? length : undefined);
      assert.equal((await readBounded(file, 10))?.length, isRead ? length : undefined);
    });
  }

  it('that grows while it is read is read to its end or refused', async () => {
    writeFileSync(file, 'x');
    for (let round = 0; round < 200; round++) {
      const reading = readBounded(file, 4_000);
      appendFileSync(file, 'x'.repeat(50));
      const text = await reading;
      assert.ok(text === undefined || text === 'x'.repeat(text.length));
    }
  });

  it('that is a pipe is refused at once', async function () {
    if (!POSIX) notRun(this, 'Windows has no such pipes');
    execFileSync('mkfifo', [file]);
    assert.deepEqual(await readOwn(file), { refusal: 'it is not a file' });
    assert.equal(await readBounded(file, 10), undefined);
  });

  it('that is far too long for state is set aside, with all it holds', async () => {
    writeFileSync(file, `{"a":"${'x'.repeat(MAX_STATE_BYTES)}"}`);
    const read = await readState(file, v.object({ a: v.string() }), 0);
    assert.equal(read.kind === 'set-aside' && read.setAside.reason, 'it is longer than 1024 KiB');
    assert.equal(read.kind === 'set-aside' && statSync(read.setAside.movedTo).size > MAX_STATE_BYTES, true);
  });
});

describe('the file in which a command leaves its exit code', () => {
  let files: ExitFiles;
  beforeEach(() => (files = new ExitFiles(mkdtempSync(join(tmpdir(), 'daemon-health-exits-')))));
  afterEach(() => rmSync(files.dir, { recursive: true, force: true }));

  for (const [text, exitCode] of [
    ['0\n', 0],
    ['137\n', 137],
    ['0 TERM\n', undefined],
    ['', undefined],
    ['0'.repeat(100), undefined],
  ] as const) {
    it(`${JSON.stringify(text.slice(0, 10))} says ${exitCode ?? 'nothing'}`, async () => {
      writeFileSync(files.path('a', 1), text);
      assert.equal((await files.read('a', 1))?.exitCode, exitCode);
    });
  }

  it('is not believed where it is a link', async function () {
    if (!POSIX) notRun(this, 'links need a right on Windows');
    writeFileSync(join(files.dir, 'other'), '0\n');
    symlinkSync(join(files.dir, 'other'), files.path('a', 1));
    assert.equal(await files.read('a', 1), undefined);
  });
});
