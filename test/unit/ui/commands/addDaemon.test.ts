import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Explored, ProofCandidate } from '../../../../src/health/explored';
import type { Failure } from '../../../../src/health/report';
import type { Track } from '../../../../src/health/trackState';
import type { OfferedDaemon } from '../../../../src/model/foundDaemon';
import { placeOf } from '../../../../src/kinds/target';
import type { DaemonConfig } from '../../../../src/model/daemonConfig';
import type { DaemonModel } from '../../../../src/model/daemonModel';
import { readDaemons, type ListedDaemon } from '../../../../src/settings/daemonList';
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
  readonly descriptions: readonly string[];
  readonly question: string;
}

interface QuickItem {
  readonly label: string;
  readonly description?: string;
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
          this.boxes.push({
            title: title ?? '',
            value: '',
            labels: items.map(({ label }) => label),
            descriptions: items.map(({ description = '' }) => description),
            question: placeHolder ?? '',
          });
          const answer = left.shift();
          if (answer === 'enter') return Promise.resolve(items[0]);
          const pick = typeof answer === 'object' && 'pick' in answer ? answer.pick : /^$/;
          return Promise.resolve(items.find(({ label }) => pick.test(label)));
        },
        setStatusBarMessage: () => undefined,
        withProgress: (_options: unknown, work: (...args: unknown[]) => unknown) =>
          work({}, { onCancellationRequested: () => ({ dispose: () => undefined }) }),
      },
      workspace: { workspaceFolders: [{ name: 'shop', uri: { fsPath: '/home/me/shop' } }] },
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
    boxes.push({
      title: box.title,
      value: box.value,
      labels: box.items.map(({ label }) => label),
      descriptions: box.items.map(({ description = '' }) => description),
      question: box.placeholder,
    });
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

/** A daemon of any make, tried before it is watched. */
function explored(candidates: readonly ProofCandidate[], form: Explored['form'] = 'json'): Track {
  const watch = new Watch();
  watch.answer({
    kind: 'generic',
    isRunning: true,
    progress: { kind: 'untold', by: 'settings' },
    traits: goodReport(watch.time).traits,
    checks: [{ name: 'db', state: 'good' }],
    explored: { form, candidates },
    malformed: [],
  });
  return watch.track;
}

/** It answers wrongly, for this reason. */
function wrong(failure: Failure): Track {
  const watch = new Watch();
  watch.observe({ ok: false, startedMs: watch.time.monotonicMs, failure });
  return watch.track;
}

const SUCCESS: ProofCandidate = { by: 'time', at: 'lastSuccessAt', agoMs: 12_000, shown: 'x' };
const OLD: ProofCandidate = { by: 'time', at: 'lastRunAt', agoMs: 40 * 60_000, shown: 'x' };
const COUNT: ProofCandidate = { by: 'counter', at: 'jobs.done', busy: 'jobs.waiting', shown: '512' };

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
      { pick: /Type Another/ },
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
      { type: 'cat state | tail' },
      { type: '3470' },
      'enter',
    ]);
    world.models = [modelOf(Watch.healthy(), 'shop', 3457)];
    world.tracks = [healthy()];
    await world.run();
    const [first, second, third] = world.boxes.map(({ labels }) => labels[0]);
    assert.match(first!, /watched already, as “shop”/);
    assert.match(second!, /Set daemonHealth\.allowRemote/);
    assert.match(third!, /^.*A command runs without a shell, and “\|” has no meaning then/);
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

  it('gives no name that the list would cut', async () => {
    const world = new World([{ type: '3470' }, { type: 'n'.repeat(70) }]);
    world.tracks = [healthy()];
    await world.run();
    const [entry] = world.written[0]!;
    const [read] = readDaemons([entry], { configured: true, allowRemote: false }).daemons;
    assert.equal(entry.name, read!.name);
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

  it('takes a file: says what it holds, offers what can prove progress, and writes the entry', async () => {
    const world = new World([
      { type: 'run/state.json' },
      { pick: /lastSuccessAt/ },
      'enter',
      'enter',
      'enter',
    ]);
    world.places = ['user', 'workspace'];
    world.tracks = [explored([SUCCESS, COUNT])];
    await world.run();
    const [typed, proof, redAfter, name] = world.boxes;
    assert.match(typed!.labels[0]!, /Read this file$/);
    assert.equal(proof!.title, '/home/me/shop/run/state.json holds JSON, 1 check');
    assert.deepEqual(proof!.labels, ['lastSuccessAt', 'jobs.done', 'None: watch presence only']);
    assert.equal(redAfter!.labels[0], '5 min');
    assert.equal(name!.value, 'state.json');
    assert.deepEqual(world.written, [
      [
        {
          name: 'state.json',
          files: ['/home/me/shop/run/state.json'],
          kind: 'generic',
          progress: { time: 'lastSuccessAt', redAfterMs: 300_000 },
        },
        [],
        'user',
      ],
    ]);
    const [[command, id]] = world.ran as [[string, string]];
    assert.equal(command, 'daemonHealth.showDetails');
    assert.match(id, /^file:\["\/home\/me\/shop\/run\/state\.json"\]/);
  });

  it('takes a command, and shows it as the words that are run', async () => {
    const world = new World([
      { type: "mydaemon status 'a b'" },
      { pick: /jobs\.done/ },
      { type: '20' },
      { type: 'jobs' },
    ]);
    world.tracks = [explored([COUNT], 'pairs')];
    await world.run();
    assert.match(world.boxes[0]!.descriptions[0]!, /^\["mydaemon","status","a b"\]$/);
    assert.equal(world.boxes[1]!.title, 'mydaemon status a b prints key=value lines, 1 check');
    assert.deepEqual(world.written[0]![0], {
      name: 'jobs',
      command: ['mydaemon', 'status', 'a b'],
      kind: 'generic',
      pollIntervalMs: 60_000,
      progress: { counter: 'jobs.done', busy: 'jobs.waiting', redAfterMs: 1_200_000 },
    });
  });

  it('asks an address again as one of any make, where it is none of a known make', async () => {
    const world = new World([{ type: '127.0.0.1:8080/x?verbose' }, 'enter', 'enter', 'enter']);
    world.tracks = [explored([SUCCESS], 'healthJson')];
    await world.run();
    assert.equal(world.boxes[1]!.title, 'http://127.0.0.1:8080/x answers health+json, 1 check');
    assert.equal(world.written[0]![0].url, 'http://127.0.0.1:8080/x?verbose');

    const other = new World([{ type: '8080' }, 'enter', 'enter', 'enter']);
    other.tracks = [
      wrong({ kind: 'wrongAnswer', cause: { is: 'noStatus', malformed: [] } }),
      explored([SUCCESS]),
    ];
    await other.run();
    assert.equal(other.tried.length, 2);
    assert.deepEqual(other.written[0]![0].progress, { time: 'lastSuccessAt', redAfterMs: 300_000 });
  });

  it('watches presence only where the user says so, and where nothing can prove more', async () => {
    const none = new World([{ type: '/x/state' }, { pick: /^None/ }, 'enter']);
    none.tracks = [explored([SUCCESS])];
    await none.run();
    assert.equal(none.written[0]![0].progress, undefined);

    const nothing = new World([{ type: '/x/state' }, 'enter']);
    nothing.tracks = [explored([], 'text')];
    await nothing.run();
    assert.match(nothing.boxes[1]!.title, /holds a text, 1 check; nothing in it can prove progress$/);
    assert.equal(nothing.written.length, 1);
  });

  it('offers a time to stay green that is longer than it lasts now', async () => {
    const world = new World([{ type: '/x/state' }, { pick: /lastRunAt/ }, 'enter', 'escape']);
    world.tracks = [explored([OLD])];
    await world.run();
    const { labels, descriptions } = world.boxes[2]!;
    assert.equal(labels[0], '3 h');
    assert.equal(descriptions[labels.indexOf('5 min')], 'red at once, as it is now');
  });

  const WRONG: readonly (readonly [typed: string, Failure, title: RegExp, advice: RegExp])[] = [
    [
      '/x/y',
      { kind: 'refused', cause: { is: 'noFile', file: '/x/y' } },
      /^No file is at \/x\/y\.$/,
      /^Check the path/,
    ],
    [
      '/x/y',
      { kind: 'wrongAnswer', cause: { is: 'noPlainFile', file: '/x/y' } },
      /^\/x\/y is not a plain file\.$/,
      /^Choose a file/,
    ],
    [
      'nobody status',
      { kind: 'wrongAnswer', cause: { is: 'noCommand', command: 'nobody' } },
      /^There is no command “nobody”\.$/,
      /^Check its name/,
    ],
    [
      'tail -f x',
      { kind: 'timeout', cause: { is: 'commandLate', command: 'tail', withinMs: 5_000 } },
      /^The command tail does not end within 5 s\.$/,
      /^Choose a command that prints a status and ends/,
    ],
    [
      'bad status',
      { kind: 'wrongAnswer', cause: { is: 'commandFailed', command: 'bad', exitCode: 3 } },
      /^The command bad ended with exit code 3\.$/,
      /^Run the command in a terminal/,
    ],
    [
      '127.0.0.1:8080/x?y',
      { kind: 'wrongAnswer', cause: { is: 'webPage' } },
      /^http:\/\/127\.0\.0\.1:8080\/x answers with a web page, and not with a status\.$/,
      /^Type the whole address/,
    ],
    [
      '127.0.0.1:8080/x?y',
      { kind: 'wrongAnswer', cause: { is: 'login', status: 401 } },
      /asks for a login \(HTTP 401\)\.$/,
      /needs none/,
    ],
    [
      '127.0.0.1:8080/x?y',
      { kind: 'refused', cause: { is: 'connectionRefused' } },
      /^Nothing listens at .*\. Connection refused\.$/,
      /^Start the daemon/,
    ],
  ];
  for (const [typed, failure, title, advice] of WRONG) {
    it(`says in one sentence what is wrong, and what to do, and writes nothing: ${failure.cause.is}`, async () => {
      const world = new World([{ type: typed }, 'escape']);
      world.tracks = [wrong(failure)];
      await world.run();
      const box = world.boxes[1]!;
      assert.match(box.title, title);
      assert.match(box.question, advice);
      assert.equal(
        box.labels.some((label) => /All the Same/.test(label)),
        failure.kind === 'refused',
      );
      assert.deepEqual(world.written, []);
    });
  }

  const GONE_BACK: readonly (readonly [what: string, answers: readonly Answer[]])[] = [
    ['the proof', ['escape']],
    ['for how long', ['enter', 'escape']],
    ['the name', ['enter', 'enter', 'escape']],
    ['whose settings', ['enter', 'enter', 'enter', 'escape']],
  ];
  for (const [what, answers] of GONE_BACK) {
    it(`writes nothing where the user goes back: ${what}`, async () => {
      const world = new World([{ type: '/x/state' }, ...answers]);
      world.places = ['user', 'workspace'];
      world.tracks = [explored([SUCCESS])];
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
