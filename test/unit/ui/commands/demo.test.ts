import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { DaemonConfig } from '../../../../src/model/daemonConfig';
import type { RunningDemo } from '../../../../src/restart/demo';
import type * as DemoCommand from '../../../../src/ui/commands/demo';
import type { Registry } from '../../../../src/watch/registry';
import { loadWith } from '../../../support/fakeVSCode';
import { until } from '../../../support/until';

const FILE = join(__dirname, '..', '..', '..', '..', 'src', 'ui', 'commands', 'demo');

/** A window, and the demos that it started. */
class World {
  readonly said: string[] = [];
  readonly ran: (readonly unknown[])[] = [];
  readonly demos: { readonly end: () => void; isOver: boolean }[] = [];
  watched: readonly DaemonConfig[] = [];
  isTrusted = true;
  /** What the user presses in the next message. */
  answer: string | undefined;
  fails = false;
  #stepped: ((model: unknown) => void)[] = [];

  open() {
    const say = (text: string, ...more: unknown[]) => {
      this.said.push(text);
      return Promise.resolve(more.includes(this.answer) ? this.answer : undefined);
    };
    const vscode = {
      ProgressLocation: { Window: 10 },
      window: {
        showInformationMessage: say,
        showWarningMessage: say,
        setStatusBarMessage: (text: string) => this.said.push(text),
        withProgress: (_options: unknown, work: () => unknown) => work(),
      },
      workspace: { isTrusted: this.isTrusted },
      commands: { executeCommand: (...command: unknown[]) => Promise.resolve(this.ran.push(command)) },
    };
    const { Demo } = loadWith<typeof DemoCommand>(vscode, FILE);
    const registry = {
      watchDemo: (...demos: readonly DaemonConfig[]) => (this.watched = demos),
      on: (_event: 'stepped', listener: (model: unknown) => void) => this.#stepped.push(listener),
    } as unknown as Pick<Registry, 'watchDemo' | 'on'>;
    return new Demo({ registry, start: () => this.#start() });
  }

  step(track: object): void {
    for (const listener of this.#stepped) listener({ daemon: this.watched[0], track });
  }

  get names(): readonly string[] {
    return this.watched.map(({ name }) => name);
  }

  #start(): Promise<RunningDemo> {
    if (this.fails) return Promise.reject(new Error('no port'));
    let over: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (over = resolve));
    const demo = { isOver: false, end: () => ((demo.isOver = true), over()) };
    this.demos.push(demo);
    const url = `http://127.0.0.1:${45_000 + this.demos.length}`;
    return Promise.resolve({ url, folder: `/demos/${this.demos.length}`, ended, end: demo.end });
  }
}

describe('Show Me a Hang', () => {
  let world: World;
  beforeEach(() => (world = new World()));

  it('watches a demo and shows it, once, however often it is asked for', async () => {
    const demo = world.open();
    await Promise.all([demo.show(), demo.show()]);
    await demo.show();
    assert.equal(world.demos.length, 1);
    assert.deepEqual(world.names, ['demo (hang)']);
    assert.deepEqual(world.watched[0]?.demo, { folder: '/demos/1' });
    assert.deepEqual(
      world.ran.filter(([command]) => command === 'daemonHealth.showDetails').map(([, id]) => id),
      Array(3).fill('http://127.0.0.1:45001'),
    );
  });

  it('is over once the demo has ended by itself, and can be asked for again', async () => {
    const demo = world.open();
    await demo.show();
    world.demos[0]!.end();
    await until(() => world.watched.length === 0);
    await demo.show();
    assert.equal(world.demos.length, 2);
    assert.deepEqual(world.names, ['demo (hang)']);
  });

  it('ends the demo by the button of its message, by the command, by Stop, and with the window', async () => {
    world.answer = 'End Demo';
    const demo = world.open();
    await demo.show();
    await until(() => world.demos[0]!.isOver);
    world.answer = undefined;
    await demo.show();
    demo.end();
    assert.equal(world.demos[1]!.isOver, true);
    assert.deepEqual(world.names, []);
    await demo.show();
    world.step({ stoppedByUs: true });
    assert.equal(world.demos[2]!.isOver, true);
    await demo.show();
    demo.dispose();
    assert.equal(world.demos[3]!.isOver, true);
  });

  it('says that there is none where there is nothing to end', () => {
    world.open().end();
    assert.deepEqual(world.said, ['No demo runs.']);
  });

  it('is not begun in a workspace that is not trusted: its restart needs trust', async () => {
    world.isTrusted = false;
    await world.open().show();
    assert.equal(world.demos.length, 0);
    assert.match(world.said[0] ?? '', /^Show Me a Hang needs a trusted workspace/);
  });

  it('that does not start is told, and can be tried again', async () => {
    const demo = world.open();
    world.fails = true;
    await assert.rejects(demo.show(), /no port/);
    world.fails = false;
    await demo.show();
    assert.deepEqual(world.names, ['demo (hang)']);
  });
});
