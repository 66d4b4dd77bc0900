import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensureInstalled, unpackDebian } from '../../../scripts/install.mjs';
import type { RealHome, RealProcess } from './realProcess';

/**
 * Debian's Prometheus, unpacked and not installed. Rejects where there is none.
 *
 * @returns the folder of `prometheus` and `promtool`
 */
export async function ensurePrometheus(): Promise<string> {
  const packages = ['prometheus'];
  const folder = await ensureInstalled({
    name: 'prometheus',
    recipe: { packages },
    title: 'Prometheus for the tests (19 MB, once)',
    fill: (target) => unpackDebian(target, packages),
  });
  return join(folder, 'usr', 'bin');
}

/**
 * A real Prometheus on a port of loopback; resolves once it answers queries. Rejects where there is none.
 *
 * @param home its data stand there; `end` of it ends this one too
 * @param configuration a file of YAML
 */
export async function startPrometheus(
  home: RealHome,
  port: number,
  configuration: string,
): Promise<RealProcess> {
  const daemon = home.start(join(await ensurePrometheus(), 'prometheus'), [
    `--config.file=${configuration}`,
    `--storage.tsdb.path=${join(home.folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ]);
  // While it replays its journal it is healthy, and refuses queries.
  await daemon.answers(`http://127.0.0.1:${port}/-/ready`);
  return daemon;
}

/** Runs `promtool`. @returns what it printed; rejects, with that in its message, where it found a fault */
export async function promtool(...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(join(await ensurePrometheus(), 'promtool'), args);
  return stdout + stderr;
}
