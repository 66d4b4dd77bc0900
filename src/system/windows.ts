import { win32 } from 'node:path';
import { cimAll, cimForPeople, cimProcess } from './cim';
import { shownCommandLine } from './commandLine';
import type { RunTool } from './exec';
import { aboutLine, addressIn, unknownProcess, type Listener, type SystemReader } from './processInfo';

/** Windows tells of processes by PowerShell's CIM and of sockets by netstat, which come with it. */
export function windowsReader(run: RunTool): SystemReader {
  return {
    listeners: async (port) => parseNetstat(await run('netstat', ['-ano']), port),
    async describe(pid) {
      const found = await cimProcess(pid, run);
      if (!found) return unknownProcess(pid);
      const { name, commandLine: line = '', owner = '', startedAtMs } = found;
      const program = withoutExe(name);
      const [, quoted, plain = ''] = /^(?:"([^"]*)"|(\S+))/.exec(line) ?? [];
      return {
        pid,
        name: program,
        ...aboutLine(line, program, withoutExe(win32.basename(quoted ?? plain))),
        commandLine: shownCommandLine(line.split(' ')),
        isOurs: owner !== '' && owner.toLowerCase() === (process.env.USERNAME ?? '').toLowerCase(),
        ...(startedAtMs !== undefined && { startedAtMs }),
      };
    },
    executable: async (pid) => (await cimProcess(pid, run))?.executable ?? '',
    // Where a parent has ended, its number may be another's by now: who reads this compares the births.
    parents: async () =>
      (await cimAll(run)).map(({ pid, ppid, startedAtMs }) => ({
        pid,
        ppid,
        ...(startedAtMs !== undefined && { startedAtMs }),
      })),
    facts: (pid) => cimForPeople(pid, run),
  };
}

function withoutExe(name: string): string {
  return name.replace(/\.exe$/i, '');
}

/**
 * The one reader of `netstat -ano`: protocol, own address, remote address, state, process. The state's name is
 * translated, but only a listening socket has the remote port 0. Process 0 is the system's idle process: nobody.
 */
function parseNetstat(text: string, port: number): readonly Listener[] {
  return text
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(
      ([protocol, local = '', remote = '']) =>
        protocol === 'TCP' && local.endsWith(`:${port}`) && remote.endsWith(':0'),
    )
    .map((row) => ({ address: addressIn(row[1]!), pid: Number(row.at(-1)) }))
    .filter(({ pid }) => Number.isInteger(pid) && pid > 0);
}
