import { open, readlink } from 'node:fs/promises';
import { runTool, ToolFailed, type RunTool } from './exec';
import { isElsewhere, readOr } from './linux';
import { MAX_PROCESS_TEXT_BYTES } from './policy';
import { psCommand, psCommandWithEnvironment } from './ps';

/** The variables of a process, as it was started. A value may be a secret: only names are ever shown. */
export type Environment = Readonly<Record<string, string>>;

/** How a process was started, word by word, and where it works now. */
export interface StartedAs {
  readonly argv: readonly string[];
  /** Absent where the system does not tell, and where the folder is not there any more. */
  readonly cwd?: string;
}

export interface EnvOptions {
  readonly platform?: NodeJS.Platform;
  readonly run?: RunTool;
}

/**
 * The environment that a process was started with. `undefined` where that is not known: of another user's process, of
 * one in a container (its paths mean other files), on Windows, and where the system's word of it is not whole. Never
 * rejects.
 *
 * On macOS `ps` prints the variables without marks between them: a value with ` NAME=` in it is cut there.
 */
export async function environmentOf(
  pid: number,
  { platform = process.platform, run = runTool }: EnvOptions = {},
): Promise<Environment | undefined> {
  if (platform === 'linux') {
    const words = await wordsLinux(pid, 'environ');
    // A process without any variable is rare; one that has put other words in their place tells nothing.
    return words && environmentIn(words);
  }
  return platform === 'darwin' ? environmentDarwin(pid, run) : undefined;
}

/**
 * How a process was started; Linux only, where the system keeps the words apart. `undefined` as of `environmentOf`.
 * Never rejects.
 */
export async function startedAs(
  pid: number,
  { platform = process.platform }: Pick<EnvOptions, 'platform'> = {},
): Promise<StartedAs | undefined> {
  if (platform !== 'linux') return undefined;
  const [argv, folder] = await Promise.all([
    wordsLinux(pid, 'cmdline'),
    readlink(`/proc/${pid}/cwd`).catch(() => ''),
  ]);
  // A program that names itself anew (`process.title`, setproctitle) leaves one word.
  if (!argv || argv.length < 2) return undefined;
  const isThere = folder !== '' && !folder.endsWith(' (deleted)');
  return { argv, ...(isThere && { cwd: folder }) };
}

/** The words of a file of /proc that ends each of them with a NUL; `undefined` where it is not ours, empty, or too long. */
async function wordsLinux(pid: number, file: 'environ' | 'cmdline'): Promise<readonly string[] | undefined> {
  if (!(await isOwn(pid)) || (await isElsewhere(pid))) return undefined;
  const text = await readBounded(`/proc/${pid}/${file}`);
  if (text === undefined || !text.endsWith('\0')) return undefined;
  return text.slice(0, -1).split('\0');
}

/** Root may read every process: whose it is counts all the same. */
async function isOwn(pid: number): Promise<boolean> {
  const uid = /^Uid:\s+(\d+)/m.exec(await readOr(`/proc/${pid}/status`))?.[1];
  return uid !== undefined && Number(uid) === process.getuid?.();
}

/** A file of /proc tells no size. `undefined` where it cannot be read, or is too long to be read whole. */
async function readBounded(path: string): Promise<string | undefined> {
  try {
    await using file = await open(path);
    const pieces: Buffer[] = [];
    for (let length = 0; length <= MAX_PROCESS_TEXT_BYTES;) {
      const { bytesRead, buffer } = await file.read({ buffer: Buffer.alloc(64 * 1024) });
      if (bytesRead === 0) return Buffer.concat(pieces).toString('utf8');
      pieces.push(buffer.subarray(0, bytesRead));
      length += bytesRead;
    }
    return undefined;
  } catch {
    return undefined;
  }
}

function environmentIn(words: readonly string[]): Environment | undefined {
  const pairs = words.flatMap((word) => {
    const at = word.indexOf('=');
    return at > 0 ? [[word.slice(0, at), word.slice(at + 1)] as const] : [];
  });
  // Not name by name: a variable may be called `__proto__`.
  return pairs.length === 0 ? undefined : Object.fromEntries(pairs);
}

async function environmentDarwin(pid: number, run: RunTool): Promise<Environment | undefined> {
  try {
    const [command, whole] = await Promise.all([psCommand(pid, run), psCommandWithEnvironment(pid, run)]);
    // Of another user's process, and of one that the system protects, no variables are printed.
    if (command === '' || !whole.startsWith(`${command} `)) return undefined;
    return environmentIn(whole.slice(command.length + 1).split(/ (?=[A-Za-z_]\w*=)/));
  } catch (error) {
    if (error instanceof ToolFailed) return undefined;
    throw error;
  }
}
