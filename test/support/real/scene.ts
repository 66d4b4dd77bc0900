import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { notRun } from '../notRun';
import { Model } from './model';
import { Watched } from './watched';
import { WatchedApart } from './watchedApart';

export interface Ends {
  /** Resolves once nobody runs any more. */
  end(): unknown;
}

/** What one test has: a folder of its own, what runs there, and who watches. All of it ends with the test. */
export class Scene {
  readonly #all: Ends[] = [];

  constructor(readonly folder: string) {}

  /** What ends with the test, before all that was there before it. */
  has<E extends Ends>(what: E): E {
    this.#all.unshift(what);
    return what;
  }

  /** A window that watches as an entry of the settings says. */
  watch(entry: object): Watched {
    const watched = new Watched(entry);
    this.has({ end: () => watched.dispose() });
    return watched;
  }

  /** The same in a process of its own. */
  watchApart(entry: object): WatchedApart {
    const watched = new WatchedApart(entry);
    this.has({ end: () => watched.dispose() });
    return watched;
  }

  /** What does not end well keeps nothing else from its end. */
  async end(): Promise<void> {
    const errors: unknown[] = [];
    for (const each of this.#all.splice(0)) {
      try {
        await each.end();
      } catch (error) {
        errors.push(error);
      }
    }
    rmSync(this.folder, { recursive: true, force: true });
    if (errors.length > 0) throw errors[0];
  }
}

/** The scene of the test that runs, and what its suite is about. */
export interface Given<D> {
  readonly scene: Scene;
  readonly daemon: D;
}

/**
 * Sets the scene for each test of a suite; where the daemon cannot be had, its tests are not run.
 *
 * @param name for folders and people
 * @param make gets the daemon into the scene: it need not run yet
 * @returns what the test that runs has
 */
export function eachWith<D extends Ends>(name: string, make: (scene: Scene) => Promise<D>): () => Given<D> {
  let given: Given<D> | undefined;
  let scene: Scene | undefined;
  beforeEach(async function () {
    scene = new Scene(realpathSync(mkdtempSync(join(tmpdir(), `daemon-health-${name}-`))));
    try {
      given = { scene, daemon: scene.has(await make(scene)) };
    } catch (error) {
      notRun(this, `there is no ${name}: ${(error as Error).message.split('\n')[0]}`);
    }
  });
  afterEach(async () => {
    await scene?.end();
    [given, scene] = [undefined, undefined];
  });
  return () => given!;
}

/** The same of a daemon that talks to a model, which is there for each test, too. */
export function eachWithModel<D extends Ends>(
  name: string,
  make: (folder: string, model: string) => Promise<D>,
): () => Given<D> & { readonly model: Model } {
  let model: Model;
  const given = eachWith(name, async (scene) => {
    model = scene.has(await Model.start());
    return make(scene.folder, model.url);
  });
  return () => ({ ...given(), model });
}
