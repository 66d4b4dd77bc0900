import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Shared } from '../../../src/store/shared';
import { parseEntries, withEntry, type Entries } from '../../../src/store/entries';
import { SHARED_MAX_DAEMONS } from '../../../src/store/policy';
import { MAX_STATE_BYTES } from '../../../src/system/policy';
import { makeStorage, type Storage } from '../../support/storage';
import { notRun } from '../../support/notRun';
import { idAt } from '../../support/target';
import { until } from '../../support/until';

const [A, B] = [idAt('http://127.0.0.1:3457'), idAt('http://127.0.0.1:3470')];

describe('a value that windows share', () => {
  let storage: Storage;
  let windows: Shared<Entries>[];
  let older: Entries;
  beforeEach(() => {
    storage = makeStorage();
    windows = [];
    older = {};
  });
  afterEach(() => {
    for (const window of windows) window.dispose();
    storage.remove();
  });

  const file = () => join(storage.folder, 'things.json');
  const read = () => JSON.parse(readFileSync(file(), 'utf8')) as { version: number; value: Entries };

  function open(): Shared<Entries> {
    const window = new Shared<Entries>({
      ...storage.deps,
      name: 'things',
      parse: parseEntries,
      withOlder: (value) => value ?? older,
      keepForOlder: (value) => {
        older = value;
        return Promise.resolve();
      },
    });
    windows.push(window);
    return window;
  }

  it('is there at once, from memory, and in the file when the change is done', async () => {
    older = { [A]: 1 };
    const window = open();
    assert.deepEqual(window.value, { [A]: 1 });
    const done = window.update((all) => withEntry(all, B, 2));
    assert.deepEqual(window.value, { [A]: 1, [B]: 2 });
    await done;
    assert.deepEqual(read(), { version: 1, value: { [A]: 1, [B]: 2 } });
    assert.deepEqual(older, { [A]: 1, [B]: 2 });
    if (process.platform !== 'win32') assert.equal(statSync(file()).mode & 0o777, 0o600);
  });

  it('writes no file before anything is changed', async () => {
    older = { [A]: 1 };
    await open().look();
    assert.deepEqual(readdirSync(storage.folder), []);
  });

  it('tells another window that it changed, and does not tell the window that changed it', async () => {
    const [one, other] = [open(), open()];
    const told: string[] = [];
    one.onDidChange(() => told.push('one'));
    other.onDidChange(() => told.push('other'));
    await one.update((all) => withEntry(all, A, 1));
    await until(() => other.value[A] === 1 || other.look().then(() => false), 'the other window');
    assert.deepEqual(told, ['other']);
    await one.update((all) => withEntry(all, B, 1));
    await until(() => other.value[B] === 1 || other.look().then(() => false), 'the other window again');
    assert.deepEqual(told, ['other', 'other']);
  });

  it('reaches another window without a look there, where the system tells that a file changed', async () => {
    const [one, other] = [open(), open()];
    await Promise.all([one, other].map((window) => window.update((all) => withEntry(all, A, 1))));
    await one.update((all) => withEntry(all, B, 2));
    await until(() => other.value[B] === 2, 'the event');
  });

  it('keeps the changes that two windows make at the same moment', async () => {
    const [one, other] = [open(), open()];
    await Promise.all([
      one.update((all) => withEntry(all, A, 1)),
      other.update((all) => withEntry(all, B, 2)),
    ]);
    assert.deepEqual({ ...read().value }, { [A]: 1, [B]: 2 });
  });

  const bad: readonly (readonly [string, () => void])[] = [
    ['is torn', () => writeFileSync(file(), '{"version": 1, "value": {"http')],
    ['is empty', () => writeFileSync(file(), '')],
    ['holds something else', () => writeFileSync(file(), '[1, 2]')],
    ['holds null', () => writeFileSync(file(), 'null')],
    ['has no version', () => writeFileSync(file(), '{"value": {}}')],
    ['holds a value of another kind', () => writeFileSync(file(), '{"version": 1, "value": [5]}')],
    ['is longer than any state', () => writeFileSync(file(), ' '.repeat(MAX_STATE_BYTES + 1))],
    ['is a link', () => symlinkSync(join(storage.folder, 'nowhere'), file())],
    ['is a folder', () => mkdirSync(file())],
  ];
  for (const [what, make] of bad) {
    it(`is set aside and made anew where the file ${what}`, async function () {
      if (process.platform === 'win32' && what === 'is a link')
        notRun(this, 'Windows lets few users make links');
      older = { [A]: 1 };
      make();
      const window = open();
      assert.deepEqual(window.value, { [A]: 1 });
      await window.update((all) => withEntry(all, B, 2));
      assert.deepEqual(read().value, { [A]: 1, [B]: 2 });
      const aside = readdirSync(storage.folder).filter((name) => name.startsWith('things.json.corrupt-'));
      assert.equal(aside.length, 1);
      assert.equal(
        storage.log.filter((line) => line.includes('was moved to')).length,
        1,
        storage.log.join('\n'),
      );
    });
  }

  it('is mended by a look where somebody tore the file: nothing that was known is lost', async () => {
    const window = open();
    await window.update((all) => withEntry(all, A, 1));
    // Not even what is kept for older versions knows it.
    older = {};
    writeFileSync(file(), '{"version": 1, "va');
    await until(async () => {
      await window.look();
      return existsSync(file()) && storage.log.length > 0;
    }, 'the file to be mended');
    assert.deepEqual(window.value, { [A]: 1 });
    assert.deepEqual(read().value, { [A]: 1 });
  });

  it('is left as it is by this version where a newer one wrote the file', async () => {
    const text = '{"version": 2, "things": []}';
    writeFileSync(file(), text);
    const window = open();
    await window.update((all) => withEntry(all, A, 1));
    await window.update((all) => withEntry(all, B, 2));
    assert.deepEqual(window.value, { [A]: 1, [B]: 2 });
    assert.deepEqual(older, { [A]: 1, [B]: 2 }, 'the older versions have it');
    assert.equal(readFileSync(file(), 'utf8'), text);
    assert.match(storage.log.join('\n'), /newer version/);
  });

  it('stays in the memory of the window where the folder cannot be written, which the log says once', async () => {
    rmSync(storage.folder, { recursive: true });
    writeFileSync(storage.folder, 'a file in the place of the folder');
    const window = open();
    for (const entry of [1, 2, 3]) await window.update((all) => withEntry(all, A, entry));
    assert.deepEqual(window.value, { [A]: 3 });
    assert.deepEqual(older, { [A]: 3 });
    assert.deepEqual(storage.log, [
      'The things of this window are not shared with other windows: a file is in the place of a folder',
    ]);
    rmSync(storage.folder);
    await window.update((all) => withEntry(all, B, 4));
    assert.deepEqual(read().value, { [A]: 3, [B]: 4 }, 'all changes, once there is a folder');
  });

  it('stays in the memory of the window where the file may not be read', async function () {
    if (process.platform === 'win32') notRun(this, 'Windows knows no modes of files');
    if (process.getuid?.() === 0) notRun(this, 'root may read every file');
    writeFileSync(file(), '{"version":1,"value":{}}', { mode: 0o000 });
    const window = open();
    await window.update((all) => withEntry(all, A, 1));
    assert.deepEqual(window.value, { [A]: 1 });
    chmodSync(file(), 0o600);
    assert.ok(existsSync(file()));
  });

  it('is never longer than what is read again', async () => {
    const window = open();
    await window.update((all) => withEntry(all, A, 'x'.repeat(MAX_STATE_BYTES)));
    assert.equal(existsSync(file()), false);
    assert.match(storage.log.join('\n'), /would be longer than 1024 KiB/);
  });

  it('removes what a window left that was killed in the middle of a write, and nothing else', async () => {
    const names = ['things.json.123', 'others.json.123', 'things.json.mine'];
    for (const name of names) writeFileSync(join(storage.folder, name), '{');
    await open().update((all) => withEntry(all, A, 1));
    assert.deepEqual(readdirSync(storage.folder), ['others.json.123', 'things.json', 'things.json.mine']);
  });

  it('keeps the newest daemons', () => {
    let entries: Entries = {};
    for (let port = 0; port <= SHARED_MAX_DAEMONS; port++)
      entries = withEntry(entries, idAt(`http://h:${port}`), port);
    assert.equal(Object.keys(entries).length, SHARED_MAX_DAEMONS);
    assert.equal(entries[idAt('http://h:0')], undefined);
  });
});
