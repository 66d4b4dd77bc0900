import { mkdtemp, rm, rmdir, symlink } from 'node:fs/promises';
import { createConnection, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve as absolute } from 'node:path';
import { LOCK_ASK_DEADLINE_MS, LOCK_ASKERS_MAX, SOCKET_PATH_MAX } from './policy';

/**
 * What the kernel says of who listens on a socket. `refused`: nobody; who did has ended. `silent`: there is no such
 * socket, or it cannot be asked from here.
 */
export type Life = 'lives' | 'refused' | 'silent';

const isWindows = process.platform === 'win32';

/**
 * Listens on a socket of this name in the folder (Windows: on a pipe of this name), for as long as the process lives.
 * Nobody is answered: who connects knows enough. The socket keeps no process alive.
 *
 * @param name nobody else may ever use it
 * @returns what stops listening, where a socket's file goes with it; `undefined` where the folder holds no sockets, or where those that it holds cannot be connected to
 */
export async function listenBeside(folder: string, name: string): Promise<(() => Promise<void>) | undefined> {
  const server = createServer((socket) => socket.destroy());
  server.maxConnections = LOCK_ASKERS_MAX;
  const close = async () => {
    await new Promise<void>((resolve) => server.close(() => resolve()));
    if (!isWindows) await rm(join(folder, name), { force: true });
  };
  try {
    // By way of the link wherever there can be a link: libuv removes a socket under the path that it was given when the
    // process ends of its own accord, and a lock without its socket says less than one whose socket refuses.
    if (isWindows) await listen(server, pipeOf(name));
    else await byShortPath(folder, name, (path) => listen(server, path));
  } catch {
    await close().catch(() => undefined);
    return undefined;
  }
  server.unref();
  if ((await ask(folder, name)) === 'lives') return close;
  await close().catch(() => undefined);
  return undefined;
}

/** Whether somebody listens on the socket of this name in the folder, a stopped process included. Never throws. */
export async function ask(folder: string, name: string): Promise<Life> {
  if (isWindows) return connect(pipeOf(name));
  const path = join(folder, name);
  try {
    if (fits(path)) return await connect(path);
    return await byShortPath(folder, name, connect);
  } catch {
    return 'silent';
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ path, exclusive: true }, () => {
      server.off('error', reject);
      // What happens to single connections later is nobody's concern.
      server.on('error', () => undefined);
      resolve();
    });
  });
}

function connect(path: string): Promise<Life> {
  return new Promise((resolve) => {
    const socket = createConnection({ path });
    const end = (life: Life) => {
      clearTimeout(timer);
      resolve(life);
      socket.destroy();
    };
    // Who cannot be asked in time may live.
    const timer = setTimeout(() => end('lives'), LOCK_ASK_DEADLINE_MS);
    socket.once('connect', () => end('lives'));
    socket.on('error', ({ code }: NodeJS.ErrnoException) => {
      // A stopped process whose queue is full (connect(2), EAGAIN).
      if (code === 'EAGAIN') end('lives');
      else end(code === 'ECONNREFUSED' ? 'refused' : 'silent');
    });
  });
}

/**
 * Runs with a short path to the socket, through a link in a new private folder for temporary files, which goes right
 * after. A socket stays where it was made, and has no need of the path by which it was made. Where no such link can be
 * made, the socket's own path serves.
 *
 * @throws where no path is short enough: libuv cuts longer ones off without a word
 */
async function byShortPath<T>(folder: string, name: string, use: (path: string) => Promise<T>): Promise<T> {
  const temporary = await mkdtemp(join(tmpdir(), 'dh-lock-')).catch(() => undefined);
  const link = temporary === undefined ? undefined : join(temporary, 'l');
  try {
    const isMade =
      link !== undefined &&
      (await symlink(absolute(folder), link).then(
        () => true,
        () => false,
      ));
    const path = [...(isMade ? [join(link, name)] : []), join(folder, name)].find(fits);
    if (path === undefined) throw new Error('the path is too long for a socket');
    return await use(path);
  } finally {
    if (link !== undefined) await rm(link, { force: true });
    if (temporary !== undefined) await rmdir(temporary);
  }
}

function fits(path: string): boolean {
  const max = process.platform === 'linux' ? SOCKET_PATH_MAX.linux : SOCKET_PATH_MAX.other;
  return Buffer.byteLength(path) <= max;
}

function pipeOf(name: string): string {
  return `\\\\.\\pipe\\daemon-health.${name}`;
}
