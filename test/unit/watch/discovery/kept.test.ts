import assert from 'node:assert/strict';
import { AdoptedDaemons } from '../../../../src/store/adopted';
import { Discovery } from '../../../../src/watch/discovery/discovery';
import { Registry } from '../../../../src/watch/registry';
import { MemoryMemento } from '../../../support/memento';
import { http, idAt } from '../../../support/target';
import { FakeTime } from '../../health/support';

const GOOD = { name: 'smithy', kind: 'smithy', origin: 'http://127.0.0.1:3458' };
const FOUND = 'http://localhost:3459';

/** One window that finds a daemon of another folder, which the user ignores. */
class Window {
  readonly log: string[] = [];
  readonly registry: Registry;
  readonly discovery: Discovery;

  constructor(workspace: MemoryMemento, global: MemoryMemento) {
    const clock = new FakeTime();
    const log = (line: string) => void this.log.push(line);
    this.registry = new Registry({
      clock,
      random: () => 0.5,
      isFocused: () => true,
      createProbe: () => Promise.reject(new Error('nobody is asked')),
      recall: () => ({}),
    });
    this.discovery = new Discovery({
      registry: this.registry,
      clock,
      settings: {
        daemonList: () => ({ raw: [], configured: false, allowRemote: false }),
        hasOwnList: false,
        discovery: true,
      },
      kept: new AdoptedDaemons(workspace, global, log),
      recall: () => ({ seenUpAt: clock.wallAt }),
      workspaceFolders: () => [],
      accepts: () => Promise.resolve(false),
      isFocused: () => false,
      scan: () =>
        Promise.resolve([
          { kind: 'smithy', target: http(FOUND), place: '~', isRunning: true, belongs: false },
        ]),
      log,
    });
  }

  async ignore(): Promise<void> {
    this.discovery.start();
    await this.discovery.scan();
    await this.discovery.ignore(FOUND);
  }

  dispose(): void {
    this.discovery.dispose();
    this.registry.dispose();
  }
}

describe('a window whose kept discovery is of another version', () => {
  let window: Window;
  afterEach(() => window.dispose());

  async function open(adoption: unknown, ignored: unknown): Promise<MemoryMemento> {
    const [workspace, global] = [new MemoryMemento(), new MemoryMemento()];
    await workspace.update('discovery', adoption);
    await global.update('ignoredDaemons', ignored);
    window = new Window(workspace, global);
    await window.ignore();
    return global;
  }

  for (const adoption of [
    null,
    7,
    { adopted: 7 },
    { adopted: [null] },
    { adopted: [{}] },
    { adopted: [{ ...GOOD, origin: 'nowhere' }] },
    { adopted: [{ ...GOOD, name: 7 }] },
    { retired: 7 },
    { retired: [null] },
  ]) {
    it(`watches and offers as ever, and says so in the log: ${JSON.stringify(adoption)}`, async () => {
      await open(adoption, undefined);
      assert.equal(window.registry.found.length, 1);
      assert.equal(window.log.length, 1, window.log.join('\n'));
      assert.match(window.log[0]!, /discovery\.unreadable/);
    });
  }

  for (const ignored of [null, 7, {}, 'x', [null]]) {
    it(`ignores what is ignored from now on: ${JSON.stringify(ignored)}`, async () => {
      const global = await open(undefined, ignored);
      assert.deepEqual(
        window.registry.found.map(({ isIgnored }) => isIgnored),
        [true],
      );
      assert.deepEqual(global.get('ignoredDaemons'), [`smithy ${FOUND}`]);
      assert.equal(window.log.length, 1, window.log.join('\n'));
      assert.match(window.log[0]!, /ignoredDaemons\.unreadable/);
    });
  }

  it('watches what can be read', async () => {
    await open({ adopted: [null, GOOD, { ...GOOD, origin: 7 }] }, undefined);
    assert.equal(window.registry.monitor(idAt(GOOD.origin))?.daemon.name, 'smithy');
  });
});
