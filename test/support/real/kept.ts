import assert from 'node:assert/strict';
import { join } from 'node:path';
import { livingChildren } from '../../../src/system/children';
import { findListener, processTable } from '../../../src/system/processTable';
import { dispatchdFile } from '../dispatchd/daemonProcess';
import { freePort } from '../freePort';
import { notRun } from '../notRun';
import { RestartingWindow } from '../restartingWindow';
import { smithyScript } from '../smithyScript';
import { until } from '../until';
import { eachWith } from './scene';

/** What keeps a daemon alive: a supervisord, a pm2. */
export interface Keeper {
  readonly pid: number | undefined;
  /** Where the program is that controls it. */
  readonly bin: string;
  /** It ends what it keeps before itself. */
  stop(): Promise<void>;
}

/** What it is to keep: a script of Node.js, and the words after that. */
export interface Program {
  readonly script: string;
  readonly args: readonly string[];
  /** Of the test, and where the program is to run. */
  readonly folder: string;
}

export interface KeptOptions<K extends Keeper> {
  readonly kind: 'dispatchd' | 'smithy';
  /** Starts the keeper with the program. */
  readonly by: (program: Program) => Promise<K>;
  /** Whether the program that controls it is on the PATH of the window. */
  readonly hasTool?: boolean | undefined;
}

/** A daemon that a keeper started, and a window that watches it. */
export interface Kept<K extends Keeper> {
  readonly keeper: K;
  readonly window: RestartingWindow;
  readonly port: number;
  /** Who listens. */
  readonly pid: number;
  /** Asserts that who listens now is a new process, the only one below the keeper. */
  readonly onlyOne: () => Promise<void>;
}

/** Neither `supervisorctl`, `pm2` nor `sf`. */
const SYSTEM_PATH = '/usr/bin:/bin';

/**
 * A suite about daemons that a keeper of this make keeps; its tests are not run where there is none.
 *
 * @param ensure installs it
 * @returns starts a daemon for the test that runs; it ends with the test
 */
export function eachKept(
  name: string,
  ensure: () => Promise<unknown>,
): <K extends Keeper>(options: KeptOptions<K>) => Promise<Kept<K>> {
  before(async function () {
    if (process.platform !== 'linux') notRun(this, 'elsewhere the variables of a process are not told');
    await ensure().catch((error: unknown) => {
      notRun(this, `there is no ${name}: ${(error as Error).message.split('\n')[0]}`);
    });
  });
  const given = eachWith(name, async () => ({ port: await freePort(), end: () => {} }));

  return async ({ kind, by, hasTool = true }) => {
    const { daemon, scene } = given();
    const { port } = daemon;
    const { folder } = scene;
    const file = await dispatchdFile();
    const program =
      kind === 'smithy'
        ? { script: await smithyScript(folder), args: [String(port), folder, '1000'] }
        : { script: file, args: ['--port', String(port), '--state-dir', join(folder, 'state'), ...CYCLES] };
    const keeper = await by({ ...program, folder });
    scene.has({ end: () => keeper.stop() });
    await until(() => findListener(port), 'the daemon', 30_000);
    const path = [...(hasTool ? [keeper.bin] : []), SYSTEM_PATH, join(process.execPath, '..')];
    const env = { PATH: path.join(':'), HOME: folder };
    const window = new RestartingWindow({ kind, port, folder, env, dispatchdPath: file });
    scene.has({ end: () => window.dispose() });
    const { pid } = (await findListener(port))!;
    const onlyOne = async () => {
      const { pid: now } = (await findListener(port))!;
      assert.notEqual(now, pid);
      assert.ok((await processTable().ancestors(now)).includes(keeper.pid!));
      assert.equal(await livingChildren(keeper.pid!), 1, 'never two');
    };
    return { keeper, window, port, pid, onlyOne };
  };
}

const CYCLES = ['--poll-interval-ms', '200'];
