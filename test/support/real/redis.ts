import { existsSync } from 'node:fs';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { ensureInstalled, unpackDebian } from '../../../scripts/install.mjs';
import { until } from '../until';
import { RealHome } from './realProcess';

/** The server itself is in the package of the tools; the rest are libraries that only it needs. */
const PACKAGES = [
  'redis-server',
  'redis-tools',
  'libatomic1',
  'libjemalloc2',
  'liblua5.1-0',
  'liblzf1',
  'lua-bitop',
  'lua-cjson',
];

/** Debian's redis, unpacked and not installed. Rejects where there is none. @returns the folder of all that was unpacked */
async function ensureRedis(): Promise<string> {
  const folder = await ensureInstalled({
    name: 'redis',
    recipe: { PACKAGES },
    title: 'redis for the tests (2 MB, once)',
    fill: (target) => unpackDebian(target, PACKAGES),
  });
  return join(folder, 'usr');
}

/**
 * A redis on a port of loopback that keeps nothing; resolves once it answers. Rejects where there is none.
 *
 * @param folder of its own
 */
export async function startRedis(folder: string, port: number): Promise<RealHome> {
  const usr = await ensureRedis();
  const libraries = readdirSync(join(usr, 'lib'))
    .map((name) => join(usr, 'lib', name))
    .filter((name) => existsSync(join(name, 'liblzf.so.1')));
  const home = new RealHome(folder, [], { LD_LIBRARY_PATH: libraries.join(':') });
  const options = { '--port': String(port), '--bind': '127.0.0.1', '--save': '', '--appendonly': 'no' };
  home.start(join(usr, 'bin', 'redis-server'), Object.entries(options).flat());
  await until(() => answersPing(port), 'an answer of redis', 30_000);
  return home;
}

async function answersPing(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    socket.write('PING\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return String(answer).startsWith('+PONG');
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
