import { posix } from 'node:path';
import { shownCommandLine } from './commandLine';
import { ToolFailed, type RunTool } from './exec';
import { aboutLine, addressIn, unknownProcess, type Listener, type SystemReader } from './processInfo';
import { psAll, psForPeople, psProcess, psProgram } from './ps';

/** macOS tells of processes by `ps` and `lsof`, which come with it. */
export function darwinReader(run: RunTool): SystemReader {
  return {
    listeners: (port) => listenersByLsof(port, run),
    async describe(pid) {
      const [about, program] = await Promise.all([psProcess(pid, run), psProgram(pid, run)]);
      if (!about) return unknownProcess(pid);
      const { uid, startedAtMs, line } = about;
      const words = line.split(/\s+/);
      const name = posix.basename(program);
      return {
        pid,
        name,
        ...aboutLine(line, name, posix.basename(words[0] ?? '')),
        commandLine: shownCommandLine(words),
        isOurs: uid === process.getuid?.(),
        uid,
        ...(startedAtMs !== undefined && { startedAtMs }),
      };
    },
    executable: (pid) => psProgram(pid, run),
    parents: () => psAll(run),
    facts: (pid) => psForPeople(pid, run),
  };
}

/**
 * The one reader of `lsof`. With `-F` it prints a line a field: `p` begins a process, `f` one of its files, `t` is the
 * type of that file, `n` its name (lsof(8), "output for other programs"). A socket of any address is `*` in both
 * families: its type tells which.
 *
 * @throws {ToolFailed}
 */
async function listenersByLsof(port: number, run: RunTool): Promise<readonly Listener[]> {
  const listeners: Listener[] = [];
  let pid = NaN;
  let type = '';
  for (const line of (await lsof(port, run)).split('\n')) {
    const value = line.slice(1).trim();
    if (line.startsWith('p')) pid = Number(value);
    if (line.startsWith('f')) type = '';
    if (line.startsWith('t')) type = value;
    if (!line.startsWith('n') || !Number.isInteger(pid)) continue;
    const address = addressIn(value);
    listeners.push({ address: address === '*' ? (ANY[type] ?? '*') : address, pid });
  }
  return listeners;
}

const ANY: Readonly<Record<string, string>> = { IPv4: '0.0.0.0', IPv6: '::' };

/** `-w`: without warnings, so that what is left on the error output is an error. */
async function lsof(port: number, run: RunTool): Promise<string> {
  try {
    return await run('lsof', ['-nP', '-w', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fptn']);
  } catch (error) {
    if (!(error instanceof ToolFailed)) throw error;
    // Nothing listens there; or, with an exit code of 1 and an answer, some of what it asked for was not there.
    if (error.saysNothing) return '';
    const { exitCode, stdout = '' } = error.details;
    if (exitCode === 1 && stdout !== '') return stdout;
    throw error;
  }
}
