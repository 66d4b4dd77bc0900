import assert from 'node:assert/strict';
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OutputFiles } from '../../../../src/dispatchd/sessions/output';
import { notRun } from '../../../support/notRun';

describe('dispatchd output', () => {
  let dir: string;
  beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'output-'))));
  afterEach(() => rmSync(dir, { recursive: true }));

  async function written(files: OutputFiles, ...chunks: (string | Buffer)[]): Promise<void> {
    const writer = await files.openWriter('session-a');
    for (const chunk of chunks) writer.write(Buffer.from(chunk));
    await writer.close();
  }

  it('gives the last lines', async () => {
    const files = new OutputFiles(dir);
    await written(files, 'one\ntw', 'o\nthree\n');
    assert.equal(await files.tail('session-a', 2), 'two\nthree\n');
    assert.equal(await files.tail('session-a', 100), 'one\ntwo\nthree\n');
  });

  it('gives a last line that is not finished', async () => {
    const files = new OutputFiles(dir);
    await written(files, 'one\nprompt> ');
    assert.equal(await files.tail('session-a', 1), 'prompt> ');
  });

  it('gives nothing where nothing was written', async () => {
    const files = new OutputFiles(dir);
    assert.equal(await files.tail('session-a', 10), '');
    await written(files);
    assert.equal(await files.tail('session-a', 10), '');
  });

  it('goes on after earlier runs', async () => {
    const files = new OutputFiles(dir);
    await written(files, 'first\n');
    await written(files, 'second\n');
    assert.equal(await files.tail('session-a', 10), 'first\nsecond\n');
  });

  it('is bounded, and keeps the end', async () => {
    const files = new OutputFiles(dir, 1_000);
    await written(files, ...Array.from({ length: 1_000 }, (_, i) => `line ${i}\n`));
    const bytes = readdirSync(dir).reduce((sum, name) => sum + statSync(join(dir, name)).size, 0);
    assert.ok(bytes <= 1_020, String(bytes));
    const tail = await files.tail('session-a', 40);
    assert.ok(tail.endsWith('line 998\nline 999\n'));
    assert.equal(tail.split('\n').length, 41);
  });

  it('answers with a bounded part of one endless line', async () => {
    const files = new OutputFiles(dir);
    await written(files, 'x'.repeat(600_000));
    assert.equal((await files.tail('session-a', 10)).length, 256 * 1024);
  });

  it('does not choke on bytes that are no UTF-8', async () => {
    const files = new OutputFiles(dir);
    await written(files, Buffer.from([0xff, 0xfe, 0x0a]));
    assert.equal(await files.tail('session-a', 10), '\ufffd\ufffd\n');
  });

  it('makes a source wait that writes faster than the disk, and lets it go on', async () => {
    const writer = await new OutputFiles(dir).openWriter('session-a');
    const calls: string[] = [];
    const source = { pause: () => calls.push('pause'), resume: () => calls.push('resume') };
    for (let i = 0; i < 5; i++) writer.write(Buffer.alloc(64 * 1024), source);
    assert.deepEqual(calls, ['pause']);
    await writer.close();
    assert.deepEqual(calls, ['pause', 'resume']);
  });

  for (const link of [symlinkSync, linkSync]) {
    it(`writes through no link, and replaces one (${link.name})`, async function () {
      if (process.platform === 'win32') notRun(this, 'links need rights there');
      const elsewhere = join(dir, 'elsewhere');
      writeFileSync(elsewhere, 'theirs\n');
      mkdirSync(join(dir, 'output'), { recursive: true });
      for (const name of ['session-a.log', 'session-a.log.1']) link(elsewhere, join(dir, 'output', name));
      const files = new OutputFiles(join(dir, 'output'));
      if (link === symlinkSync) assert.equal(await files.tail('session-a', 10), '');
      const writer = await files.openWriter('session-a');
      writer.write(Buffer.from('ours\n'));
      await writer.close();
      assert.equal(readFileSync(elsewhere, 'utf8'), 'theirs\n');
      assert.ok((await files.tail('session-a', 10)).endsWith('ours\n'));
    });
  }
});
