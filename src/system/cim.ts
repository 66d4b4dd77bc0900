import { ToolFailed, type RunTool } from './exec';

/** The one reader of Windows' list of processes: `Win32_Process`, asked by PowerShell, answered in JSON. */
export interface CimProcess {
  readonly pid: number;
  /** The number of who started it. Windows gives numbers away again and leaves this one as it is. */
  readonly ppid: number;
  /** `node.exe`. */
  readonly name: string;
  readonly executable?: string;
  /** Of another user's process only an administrator is told it. */
  readonly commandLine?: string;
  /** Epoch ms; where it is told. */
  readonly startedAtMs?: number;
  /** The name of its user, without the domain; only where it is asked for. */
  readonly owner?: string;
}

/** Errors end the script, with exit code 1; names are not spelt in the code page of the console. */
const BEGIN =
  "$ErrorActionPreference='Stop';" +
  'try{[Console]::OutputEncoding=New-Object Text.UTF8Encoding $false}catch{};';
const BORN = "@{n='CreationDate';e={if($_.CreationDate){$_.CreationDate.ToUniversalTime().ToString('o')}}}";
const OWNER = "@{n='Owner';e={(Invoke-CimMethod -InputObject $_ -MethodName GetOwner).User}}";

const powershell = (script: string): readonly string[] => [
  '-NoProfile',
  '-NonInteractive',
  '-Command',
  `${BEGIN}${script}`,
];

/** One process, with its user; `undefined` where there is none of this number. @throws {ToolFailed} */
export async function cimProcess(pid: number, run: RunTool): Promise<CimProcess | undefined> {
  const script =
    `Get-CimInstance Win32_Process -Filter "ProcessId=${pid}"|` +
    `Select-Object ProcessId,ParentProcessId,Name,ExecutablePath,CommandLine,${BORN},${OWNER}|ConvertTo-Json -Compress`;
  return parseCim(await run('powershell', powershell(script))).find((process) => process.pid === pid);
}

/** When a process began, epoch ms; `undefined` where it is gone or not told. @throws {ToolFailed} */
export async function cimBirth(pid: number, run: RunTool): Promise<number | undefined> {
  const script =
    `Get-CimInstance Win32_Process -Filter "ProcessId=${pid}" -Property ProcessId,CreationDate|` +
    `Select-Object ProcessId,${BORN}|ConvertTo-Json -Compress`;
  const found = parseCim(await run('powershell', powershell(script)));
  return found.find((process) => process.pid === pid)?.startedAtMs;
}

/** All processes: numbers, parents, births. @throws {ToolFailed} */
export async function cimAll(run: RunTool): Promise<readonly CimProcess[]> {
  const script =
    'Get-CimInstance Win32_Process -Property ProcessId,ParentProcessId,Name,CreationDate|' +
    `Select-Object ProcessId,ParentProcessId,Name,${BORN}|ConvertTo-Json -Compress`;
  return parseCim(await run('powershell', powershell(script)));
}

/** What PowerShell tells of a process for who looks on. @throws {ToolFailed} */
export async function cimForPeople(pid: number, run: RunTool): Promise<string> {
  const script = `Get-Process -Id ${pid} -ErrorAction SilentlyContinue | Format-List Name,StartTime,CPU,WorkingSet64,Responding,HandleCount`;
  return run('powershell', powershell(script));
}

/**
 * Reads an answer of `ConvertTo-Json`: a list, or an object where it is one process, or nothing where there is none.
 * What has no number is left out.
 *
 * @throws {ToolFailed} where the JSON is not whole
 */
export function parseCim(text: string): readonly CimProcess[] {
  const json = text.replace(/^\uFEFF/, '').trim();
  if (json === '') return [];
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new ToolFailed('failed', 'powershell', { stdout: text });
  }
  return (Array.isArray(value) ? value : [value]).flatMap((each: unknown) => {
    if (typeof each !== 'object' || each === null) return [];
    const { ProcessId: pid, ParentProcessId: ppid, ...rest } = each as Record<string, unknown>;
    if (typeof pid !== 'number' || !Number.isInteger(pid) || pid < 0) return [];
    const startedAtMs = readDate(rest['CreationDate']);
    const { Name: name, ExecutablePath: executable, CommandLine: commandLine, Owner: owner } = rest;
    return [
      {
        pid,
        ppid: typeof ppid === 'number' ? ppid : 0,
        name: typeof name === 'string' ? name : '',
        ...(typeof executable === 'string' && { executable }),
        ...(typeof commandLine === 'string' && { commandLine }),
        ...(startedAtMs !== undefined && { startedAtMs }),
        ...(typeof owner === 'string' && { owner }),
      },
    ];
  });
}

/** `2025-03-01T10:00:00.1234567Z`, or `/Date(1740823200123)/`, as Windows PowerShell writes a date by itself. */
function readDate(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  const ms = /^\/Date\((-?\d+)\)\/$/.exec(value)?.[1];
  const at = ms === undefined ? Date.parse(value) : Number(ms);
  return Number.isFinite(at) ? at : undefined;
}
