import assert from 'node:assert/strict';
import { join } from 'node:path';
import { isUserError } from '../../../src/base/errors';
import { MAX_LISTED } from '../../../src/settings/policy';
import type { Settings } from '../../../src/settings/settings';
import { sentenceOf } from '../../../src/words/errors';
import { loadWith } from '../../support/fakeVSCode';

const FILE = join(__dirname, '../../../src/settings/settings.ts');
const NEW = { name: 'new', url: 'http://127.0.0.1:1' };

describe('adding a daemon to the list', () => {
  let written: unknown[];
  beforeEach(() => (written = []));

  function add(globalValue: unknown): Promise<void> {
    const section = {
      inspect: () => ({ globalValue }),
      get: (_key: string, otherwise: unknown) => (globalValue === undefined ? otherwise : globalValue),
      update: (_key: string, value: unknown) => Promise.resolve(written.push(value)),
    };
    const vscode = {
      ConfigurationTarget: { Global: 1, Workspace: 2 },
      workspace: { getConfiguration: () => section, isTrusted: true },
    };
    const { Settings: Loaded } = loadWith<{ Settings: new () => Settings }>(vscode, FILE);
    return new Loaded().addDaemon(NEW);
  }

  it('keeps what is in the list, and begins one where there is none', async () => {
    await add([{ name: 'old' }, 5]);
    await add(undefined);
    assert.deepEqual(written, [[{ name: 'old' }, 5, NEW], [NEW]]);
  });

  for (const broken of [null, 'x', 5, true, { name: 'a', url: 'http://127.0.0.1:2' }]) {
    it(`says so, and writes nothing, where the user wrote no list: ${JSON.stringify(broken)}`, async () => {
      const error: unknown = await add(broken).catch((thrown: unknown) => thrown);
      assert.deepEqual(written, []);
      assert.ok(isUserError(error));
      assert.match(sentenceOf(error), /^daemonHealth\.daemons is no list\./);
    });
  }

  it('says so, and writes nothing, where the list is full: what is added would not be watched', async () => {
    const error: unknown = await add(Array(MAX_LISTED).fill(NEW)).catch((thrown: unknown) => thrown);
    assert.deepEqual(written, []);
    assert.ok(isUserError(error));
    assert.match(sentenceOf(error), new RegExp(`^daemonHealth\\.daemons has ${MAX_LISTED} entries`));
  });
});
