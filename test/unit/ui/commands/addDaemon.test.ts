import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Track } from '../../../../src/health/trackState';
import type { OfferedDaemon } from '../../../../src/model/foundDaemon';
import { placeOf } from '../../../../src/kinds/target';
import type { DaemonConfig } from '../../../../src/model/daemonConfig';
import type { DaemonModel } from '../../../../src/model/daemonModel';
import type { ListedDaemon } from '../../../../src/settings/daemonList';
import type { ListPlace } from '../../../../src/settings/settings';
import type * as AddDaemon from '../../../../src/ui/commands/addDaemon';
import { loadWith } from '../../../support/fakeVSCode';
import { Watch, goodReport } from '../../health/support';
import { modelOf, offeredSmithy } from '../support';

const FILE = join(__dirname, '..', '..', '..', '..', 'src', 'ui', 'commands', 'addDaemon');

/** What a user does in one box: types and presses Enter, picks by a label, or goes back. */
type Answer = { readonly type: string } | { readonly pick: RegExp } | 'enter' | 'escape';

interface Shown {
  readonly title: string;
  readonly value: string;
  readonly labels: readonly string[];
}

interface QuickItem {
  readonly label: string;
  readonly value: unknown;
}

/** A window in which one adds a daemon by keyboard. */
class World {
  readonly boxes: Shown[] = [];
  readonly tried: string[] = [];
  readonly written: (readonly [ListedDaemon, readonly ListedDaemon[], ListPlace])[] = [];
  readonly ran: (readonly unknown[])[] = [];
  models: readonly DaemonModel[] = [];
  found: readonly OfferedDaemon[] = [];
  places: readonly ListPlace[] = ['user'];
  allowRemote = false;
  /** What each ask finds, one after the other. */
  tracks: Track[] = [];
  writeFails: string | undefined;

  constructor(private readonly answers: readonly Answer[]) {}

  async run(given?: unknown): Promise<void> {
    const left = [...this.answers];
    const vscode = {
      ProgressLocation: { Notification: 15 },
      window: {
        createQuickPick: () => quickPick(left, this.boxes),
        showQuickPick: (items: QuickItem[], { placeHolder, title = placeHolder }: Record<string, string>) => {
          this.boxes.push({ title: title ?? '', value: '', labels: items.map(({ label }) => label) });
          const answer = left.shift();
          if (answer === 'enter') return Promise.resolve(items[0]);
          const pick = typeof answer === 'object' && 'pick' in answer ? answer.pick : /^$/;
          return Promise.resolve(items.find(({ label }) => pick.test(label)));
        },
        setStatusBarMessage: () => undefined,
        withProgress: (_options: unknown, work: (...args: unknown[]) => unknown) =>
          work({}, { onCancellationRequested: () => ({ dispose: () => undefined }) }),
      },
      workspace: { workspaceFolders: [{ name: 'shop' }] },
      commands: { executeCommand: (...command: unknown[]) => Promise.resolve(this.ran.push(command)) },
    };
    const { addDaemon } = loadWith<typeof AddDaemon>(vscode, FILE);
    await addDaemon(
      {
        registry: {
          models: this.models,
          found: this.found,
          monitor: () => ({}) as never,
          tryOut: (daemon: DaemonConfig) => {
            this.tried.push(placeOf(daemon.target));
            return Promise.resolve(this.tracks.shift()!);
          },
        },
        settings: {
          daemonList: () => ({ raw: [], configured: true, allowRemote: this.allowRemote }),
          listPlaces: () => this.places,
          addDaemon: (daemon, shown = [], place = 'user') => {
            if (this.writeFails !== undefined) return Promise.reject(new Error(this.writeFails));
            this.written.push([daemon, shown, place]);
            return Promise.resolve();
          },
        },
      },
      given,
    );
    assert.deepEqual(left, [], 'each answer was asked for');
  }
}

function quickPick(left: Answer[], boxes: Shown[]) {
  const heard: Record<string, (value?: unknown) => void> = {};
  const box = {
    title: '',
    value: '',
    placeholder: '',
    items: [] as QuickItem[],
    selectedItems: [] as QuickItem[],
    onDidChangeValue: (listener: () => void) => (heard['change'] = listener),
    onDidAccept: (listener: () => void) => (heard['accept'] = listener),
    onDidHide: (listener: () => void) => (heard['hide'] = listener),
    hide: () => heard['hide']?.(),
    dispose: () => undefined,
    show: () => void Promise.resolve().then(turn),
  };
  const turn = () => {
    const answer = left.shift();
    if (answer === undefined || answer === 'escape') return box.hide();
    if (typeof answer === 'object' && 'type' in answer) {
      box.value = answer.type;
      heard['change']?.(answer.type);
    }
    const pick = typeof answer === 'object' && 'pick' in answer ? answer.pick : undefined;
    boxes.push({ title: box.title, value: box.value, labels: box.items.map(({ label }) => label) });
    box.selectedItems = box.items.filter(({ label }, index) => (pick ? pick.test(label) : index === 0));
    let isOpen = true;
    const { hide } = box;
    box.hide = () => {
      isOpen = false;
      hide();
    };
    heard['accept']?.();
    // A box that stays waits for the next answer.
    if (isOpen) turn();
  };
  return box;
}

function healthy(): Track {
  const watch = new Watch();
  watch.answer(
    goodReport(watch.time, {
      kind: 'dispatchd',
      instance: { id: 'x', version: '1.2.3', workspace: '/home/me/shop' },
    }),
  );
  return watch.track;
}

function refused(): Track {
  const watch = new Watch();
  watch.fail('refused');
  return watch.track;
}

describe('Add Daemon…', () => {
  it('asks for an address, tries it, names it, and adds it, by keyboard alone', async () => {
    const world = new World([{ type: '3470' }, 'enter']);
    world.tracks = [healthy()];
    await world.run();
    assert.deepEqual(world.tried, ['http://127.0.0.1:3470']);
    const [, name] = world.boxes;
    assert.match(name!.title, /^dispatchd 1\.2\.3 at http:\/\/127\.0\.0\.1:3470: healthy \(/);
    assert.equal(name!.value, 'dispatchd (shop)');
    const entry = { name: 'dispatchd (shop)', url: 'http://127.0.0.1:3470', kind: 'dispatchd' };
    assert.deepEqual(world.written, [[entry, [], 'user']]);
    assert.deepEqual(world.ran, [['daemonHealth.showDetails', 'http://127.0.0.1:3470']]);
  });

  it('offers what was found, without typing', async () => {
    const world = new World([{ pick: /smithy on port 3458/ }, { type: 'mine' }]);
    world.found = [offeredSmithy(3458), offeredSmithy(3459, { isIgnored: true })];
    world.tracks = [healthy()];
    await world.run();
    assert.equal(world.boxes[0]!.labels.length, 1);
    assert.deepEqual(world.tried, ['http://localhost:3458']);
    assert.equal(world.written[0]![0].name, 'mine');
  });

  it('says what is wrong where nothing listens, and asks again, takes another address, or adds it', async () => {
    const world = new World([
      { type: '3999' },
      { pick: /^.*Ask Again/ },
      { pick: /Type Another Address/ },
      { type: '3470' },
      'enter',
    ]);
    world.tracks = [refused(), refused(), healthy()];
    await world.run();
    assert.match(
      world.boxes[1]!.title,
      /^Nothing listens at http:\/\/127\.0\.0\.1:3999\. Connection refused\.$/,
    );
    assert.deepEqual(world.tried.length, 3);
    assert.equal(world.written[0]![0].url, 'http://127.0.0.1:3470');

    const other = new World([{ type: '3999' }, { pick: /All the Same/ }, 'enter']);
    other.tracks = [refused()];
    await other.run();
    assert.deepEqual(other.written, [[{ name: '127.0.0.1:3999', url: 'http://127.0.0.1:3999' }, [], 'user']]);
  });

  it('refuses an address that is watched, and one of another machine, with a sentence, and goes on', async () => {
    const world = new World([
      { type: '3457' },
      { type: 'example.org:3470' },
      { type: 'soon' },
      { type: '3470' },
      'enter',
    ]);
    world.models = [modelOf(Watch.healthy(), 'shop', 3457)];
    world.tracks = [healthy()];
    await world.run();
    const [first, second, third] = world.boxes.map(({ labels }) => labels[0]);
    assert.match(first!, /watched already, as “shop”/);
    assert.match(second!, /Set daemonHealth\.allowRemote/);
    assert.match(third!, /“soon” is no address/);
    assert.equal(world.written.length, 1);
    assert.deepEqual(
      world.written[0]![1].map(({ name }) => name),
      ['shop'],
      'what is shown without a list goes into the new one',
    );
  });

  it('gives no two daemons one name', async () => {
    const world = new World([{ type: '3470' }, { type: 'shop' }, { type: ' ' }, { type: 'other' }]);
    world.models = [modelOf(Watch.healthy(), 'shop', 3457)];
    world.tracks = [healthy()];
    await world.run();
    assert.match(world.boxes[1]!.labels[0]!, /“shop” is the name of another daemon/);
    assert.match(world.boxes[2]!.labels[0]!, /needs a name/);
    assert.equal(world.written[0]![0].name, 'other');
  });

  for (const place of ['user', 'workspace'] as const) {
    it(`asks whose settings where both are possible: ${place}`, async () => {
      const pick = place === 'user' ? /All my workspaces/ : /This workspace only/;
      const world = new World([{ type: '3470' }, 'enter', { pick }]);
      world.places = ['user', 'workspace'];
      world.tracks = [healthy()];
      await world.run();
      assert.equal(world.written[0]![2], place);
    });
  }

  it('begins with the address that it is given', async () => {
    const world = new World(['enter', 'enter']);
    world.tracks = [healthy()];
    await world.run('127.0.0.1:3470');
    assert.equal(world.boxes[0]!.value, '127.0.0.1:3470');
    assert.equal(world.written.length, 1);
  });

  for (const [what, answers] of [
    ['the address', ['escape']],
    ['what to do now', [{ type: '3470' }, 'escape']],
  ] as const) {
    it(`writes nothing where the user goes back: ${what}`, async () => {
      const world = new World(answers);
      world.tracks = [refused()];
      await world.run();
      assert.deepEqual(world.written, []);
    });
  }

  it('says why where the settings cannot be written', async () => {
    const world = new World([{ type: '3470' }, 'enter']);
    world.tracks = [healthy()];
    world.writeFails = 'Unable to write into user settings.';
    await assert.rejects(world.run(), /^Error: The settings could not be written: Unable to write into user/);
  });
});
