import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { cleanText } from '../base/text';
import { ToolFailed, runTool, type RunTool } from './exec';
import { identityIn } from './identity';
import { shownCommandLine } from './commandLine';
import { MAX_NAME_CHARS, MAX_STATE_BYTES } from './policy';
import { readBounded } from './privateFile';
import { startedAs, type Environment, type StartedAs } from './processEnv';
import type { ProcessIdentity, ProcessInfo } from './processInfo';
import { describeProcess, findOwnLine, processTable } from './processTable';
import { isServiceManager } from './programs';

/** What starts a process again when it ends, or may. */
export interface Supervisor {
  /** "systemd (ductor.service)", "pm2 (smithy)", "process 41 (sh loop.sh)". */
  readonly name: string;
  /** The process that starts it; absent where a manager of the whole system does. */
  readonly process?: ProcessIdentity;
  /** Concluded from what happened last time alone: when it was started again, epoch ms, and how long after its end. */
  readonly lastTime?: { readonly at: number; readonly afterMs: number };
  /** What has it restart exactly this process, where it has such a command. */
  readonly restart?: {
    readonly command: string;
    readonly args: readonly string[];
    readonly env?: Environment;
  };
}

/** What the system tells; a seam for tests. */
export interface SupervisorSources {
  readonly platform?: NodeJS.Platform;
  readonly run?: RunTool;
  /** `/proc/PID/cgroup`; rejects where there is none. */
  readonly readCgroup?: (pid: number | 'self') => Promise<string>;
}

const readCgroupOf = (pid: number | 'self') => readFile(`/proc/${pid}/cgroup`, 'utf8');

/**
 * Who starts a process of ours again when it ends: a service manager, or a script that may be a loop. `undefined` where
 * nobody is known to; a terminal, an editor and what ends with its command are nobody. Never rejects.
 *
 * @param env the environment of the process, where it is known
 */
export async function supervisorOf(
  owner: ProcessInfo,
  env: Environment | undefined,
  { platform = process.platform, run = runTool, readCgroup = readCgroupOf }: SupervisorSources = {},
): Promise<Supervisor | undefined> {
  try {
    if (platform === 'darwin') return await launchdJob(owner.pid, run);
    if (platform !== 'linux') return undefined;
    return (await systemdUnit(owner.pid, run, readCgroup)) ?? (await inParents(owner.pid, env));
  } catch (error) {
    if (error instanceof ToolFailed) return undefined;
    throw error;
  }
}

/** `PID Status Label`, a line for each job of the user (launchctl(1), "list"). */
async function launchdJob(pid: number, run: RunTool): Promise<Supervisor | undefined> {
  const lines = (await run('launchctl', ['list'])).split('\n').map((line) => line.trim().split(/\s+/));
  const label = lines.find(([number]) => number === String(pid))?.[2];
  // Programs that the user opened are jobs of a name that nobody gave them.
  if (label === undefined || label.startsWith('application.')) return undefined;
  const args = ['kickstart', '-k', `gui/${process.getuid?.() ?? ''}/${label}`];
  return { name: `launchd (${cleanText(label, MAX_NAME_CHARS)})`, restart: { command: 'launchctl', args } };
}

/**
 * The unit that the kernel counts the process to. A terminal may be a unit, too, and so may the editor: a unit is the
 * process' own only where the process is its main one.
 */
async function systemdUnit(
  pid: number,
  run: RunTool,
  readCgroup: NonNullable<SupervisorSources['readCgroup']>,
): Promise<Supervisor | undefined> {
  const [theirs, ours] = await Promise.all(
    [pid, 'self' as const].map(async (who) => unitIn(await readCgroup(who).catch(() => ''))),
  );
  if (!theirs || theirs.path === ours?.path) return undefined;
  const { unit, isUsers } = theirs;
  const manager = isUsers ? ['--user'] : [];
  const main = await run('systemctl', [...manager, 'show', '-p', 'MainPID', '--value', unit]);
  if (Number(main.trim()) !== pid) return undefined;
  const name = `systemd (${cleanText(unit, MAX_NAME_CHARS)})`;
  // The units of the system are the administrator's.
  const mayRestart = isUsers || process.getuid?.() === 0;
  return {
    name,
    ...(mayRestart && { restart: { command: 'systemctl', args: [...manager, 'restart', unit] } }),
  };
}

/** `0::/user.slice/user-1000.slice/user@1000.service/app.slice/x.service`, or systemd's own hierarchy of cgroups v1. */
function unitIn(cgroup: string): { unit: string; isUsers: boolean; path: string } | undefined {
  const path = /^(?:0::|\d+:name=systemd:)(\/.*)$/m.exec(cgroup)?.[1];
  if (path === undefined) return undefined;
  const unit = path.split('/').findLast((part) => /\.(service|scope)$/.test(part));
  if (!unit?.endsWith('.service') || /^user@\d+\.service$/.test(unit) || unit.startsWith('-'))
    return undefined;
  return { unit, isUsers: /\/user@\d+\.service\//.test(path), path };
}

/** Programs that start again what they started, and scripts that are known to; by their own or their script's name. */
const RESPAWNERS =
  /^(nodemon|forever|watchexec|entr|foreman|honcho|overmind|hivemind|goreman|run\.py|supervise)(\.(js|py))?$/;
const SHELL = /^-?(ba|da|z|k|a|mk|fi)?sh$/;

/** The first of its parents that may start it again. Beyond a shell that waits for a person nobody does. */
async function inParents(pid: number, env: Environment | undefined): Promise<Supervisor | undefined> {
  const [parents, ownLine] = await Promise.all([processTable().ancestors(pid), findOwnLine()]);
  let maybe: Supervisor | undefined;
  for (const parent of parents.filter((each) => each > 1)) {
    const [info, started] = await Promise.all([describeProcess(parent), startedAs(parent)]);
    const itself = identityIn(info);
    if (!info.isOurs || !itself) return maybe;
    if (isServiceManager(info)) {
      const managed = await managedBy(info, started, env);
      // What adopts orphans starts nobody again.
      return managed ? { ...managed, process: itself } : maybe;
    }
    if (ownLine.includes(parent)) return maybe;
    const words = started?.argv ?? [];
    const isShell = SHELL.test(basename(words[0] ?? info.name));
    const scripted = isShell && runsScript(words);
    if (isShell && !scripted) return maybe;
    const isRespawner = [info.name, ...words.slice(0, 3)].some((word) => RESPAWNERS.test(basename(word)));
    if (scripted || isRespawner) {
      maybe ??= { name: `process ${parent} (${shownCommandLine(words)})`, process: itself };
    }
  }
  return maybe;
}

/** `sh loop.sh`, `sh -c "while …"`: a shell that reads its commands from a person has flags only. */
function runsScript([, ...words]: readonly string[]): boolean {
  if (words.some((word) => /^-\w*i\w*$/.test(word))) return false;
  const line = words.findIndex((word) => /^-\w*c$/.test(word));
  if (line >= 0) return /\b(while|until|for)\b/.test(words[line + 1] ?? '');
  return words.some((word, index) => !/^[-+]/.test(word) && !TAKES_VALUE.test(words[index - 1] ?? ''));
}

/** Flags of shells whose value is a word of its own; an editor's terminals have the first two. */
const TAKES_VALUE = /^(--init-file|--rcfile|--init-command|-C|[-+][oO])$/;

/** What keeps a process alive and tells it so by its variables (supervisord "Subprocess Environment", pm2 "Environment"). */
async function managedBy(
  { otherNames = [], name }: ProcessInfo,
  started: StartedAs | undefined,
  env: Environment = {},
): Promise<Supervisor | undefined> {
  const names = [name, ...otherNames].map((each) => each.toLowerCase());
  if (names.some((each) => /^pm2( v|$)/.test(each))) {
    const { PM2_HOME } = env;
    const { pm_id: id, name: program = id } = env.pm2_env === undefined ? env : clustered(env.pm2_env);
    const own = id !== undefined && /^\d+$/.test(id);
    const kept = PM2_HOME === undefined ? {} : { env: { PM2_HOME } };
    return {
      name: own ? `pm2 (${cleanText(program ?? id, MAX_NAME_CHARS)})` : 'pm2',
      ...(own && { restart: { command: 'pm2', args: ['restart', id], ...kept } }),
    };
  }
  if (names.some((each) => each === 'supervisord')) {
    const {
      SUPERVISOR_PROCESS_NAME: program,
      SUPERVISOR_GROUP_NAME: group,
      SUPERVISOR_SERVER_URL: url,
    } = env;
    const own = program !== undefined && group !== undefined && url !== undefined && !program.startsWith('-');
    const config = own ? await configOf(started) : [];
    return {
      name: program === undefined ? 'supervisord' : `supervisord (${cleanText(program, MAX_NAME_CHARS)})`,
      ...(own && {
        restart: { command: 'supervisorctl', args: [...config, '-s', url, 'restart', `${group}:${program}`] },
      }),
    };
  }
  const keeper = names.find((each) => KEEPERS.test(each));
  return keeper === undefined ? undefined : { name: cleanText(keeper, MAX_NAME_CHARS) };
}

/** Of one in a cluster pm2 tells what it calls it as JSON. */
function clustered(json: string): Environment {
  try {
    const { pm_id: id, name } = JSON.parse(json) as Record<string, unknown>;
    return {
      ...((typeof id === 'number' || typeof id === 'string') && { pm_id: String(id) }),
      ...(typeof name === 'string' && { name }),
    };
  } catch {
    return {};
  }
}

/** Flags of supervisord before its file: `-c FILE`, `-nc FILE`, `-cFILE`, `--configuration=FILE`. */
const CONFIG_FLAG = /^(?:-[nkst]*c|--configuration(?:=|$))(.*)$/;

/**
 * The file that a supervisord was started with: name and password for it may stand there. `supervisorctl` takes no file
 * without a section of its own.
 */
async function configOf(started: StartedAs | undefined): Promise<readonly string[]> {
  const { argv = [], cwd = '/' } = started ?? {};
  const at = argv.findIndex((word) => CONFIG_FLAG.test(word));
  const named = at < 0 ? undefined : CONFIG_FLAG.exec(argv[at]!)![1] || argv[at + 1];
  if (named === undefined) return [];
  const file = resolve(cwd, named);
  const text = await readBounded(file, MAX_STATE_BYTES).catch(() => undefined);
  return text !== undefined && /^\[supervisorctl\]/m.test(text) ? ['-c', file] : [];
}

/** Each keeps the one program alive that is its child. */
const KEEPERS = /^(runsv|s6-supervise|supervise-daemon|circusd|einhorn|dinit|procd)$/;
