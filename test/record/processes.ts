import type { SystemFiles } from './files';
import type { Time } from './time';

interface Process {
  readonly pid: number;
  readonly ppid: number;
  readonly commandLine: string;
  readonly bornMs: number;
  /** Since boot, the machine's sleep included: what /proc tells. */
  readonly bornUptimeMs: number;
  readonly env: Readonly<Record<string, string>>;
  port: number | undefined;
  state: 'S' | 'R' | 'T';
  /** What a signal does; it ends the process where nothing is said. */
  readonly onSignal: ((signal: string) => boolean) | undefined;
}

const TICKS_PER_MS = 0.1;
const OWN_UID = process.getuid?.() ?? 1000;

/** The processes of a machine, and what Linux tells of them in /proc. */
export class Processes implements SystemFiles {
  /** Processes that run or want to. */
  runnable = 1;
  readonly #all = new Map<number, Process>();
  #next = 4_000;

  constructor(private readonly time: Time) {}

  begin(
    commandLine: string,
    {
      port,
      env = {},
      onSignal,
    }: { port?: number; env?: Readonly<Record<string, string>>; onSignal?: (signal: string) => boolean } = {},
  ): number {
    const pid = this.#next++;
    const { monotonicMs: bornMs, uptimeMs: bornUptimeMs } = this.time;
    this.#all.set(pid, { pid, ppid: 1, commandLine, bornMs, bornUptimeMs, env, port, state: 'S', onSignal });
    return pid;
  }

  end(pid: number): void {
    this.#all.delete(pid);
  }

  bornMs(pid: number): number {
    return this.#all.get(pid)?.bornMs ?? 0;
  }

  setState(pid: number, state: Process['state']): void {
    const found = this.#all.get(pid);
    if (found) found.state = state;
  }

  /** What `process.kill` does. */
  kill(pid: number, signal: string | number = 'SIGTERM'): true {
    const target = this.#all.get(Math.abs(pid));
    if (!target) throw Object.assign(new Error('kill ESRCH'), { code: 'ESRCH', syscall: 'kill' });
    if (signal !== 0 && target.onSignal?.(String(signal)) !== false) this.end(target.pid);
    return true;
  }

  text(path: string): string | undefined {
    switch (path) {
      case '/proc/loadavg':
        return `0.10 0.10 0.10 ${this.runnable}/300 9999\n`;
      case '/proc/stat':
        return `btime ${Math.floor((this.time.wallAt - this.time.uptimeMs) / 1_000)}\n`;
      case '/proc/uptime':
        return `${(this.time.uptimeMs / 1_000).toFixed(2)} 0.00\n`;
      case '/proc/sys/kernel/random/boot_id':
        return '11111111-2222-3333-4444-555555555555\n';
      case '/proc/net/tcp':
        return this.#sockets();
      case '/proc/net/tcp6':
        return SOCKETS_HEAD;
    }
    const [, number, rest = ''] = /^\/proc\/(\d+)\/(.*)$/.exec(path) ?? [];
    const found = this.#all.get(Number(number));
    if (!found) return undefined;
    const { pid, ppid, commandLine, state } = found;
    const name = nameOf(commandLine);
    if (rest === `task/${pid}/schedstat`) return '1000000 1000000 10\n';
    switch (rest) {
      case 'stat':
        return `${pid} (${name}) ${state} ${ppid} ${pid} ${pid} 0 -1 0 0 0 0 0 10 5 0 0 20 0 1 0 ${this.#ticks(found)} 0 0\n`;
      case 'status':
        return `Name:\t${name}\nPid:\t${pid}\nPPid:\t${ppid}\nUid:\t${OWN_UID}\t${OWN_UID}\t${OWN_UID}\t${OWN_UID}\nSigCgt:\t0000000000000000\n`;
      case 'cmdline':
        return `${commandLine.split(' ').join('\0')}\0`;
      case 'comm':
        return `${name}\n`;
      case 'cgroup':
        return '0::/\n';
      case 'environ':
        return Object.entries(found.env)
          .map(([key, value]) => `${key}=${value}\0`)
          .join('');
      default:
        return undefined;
    }
  }

  folder(path: string): readonly string[] | undefined {
    if (path === '/proc') return ['loadavg', 'stat', ...[...this.#all.keys()].map(String)];
    const [, number, rest] = /^\/proc\/(\d+)(?:\/(.*))?$/.exec(path) ?? [];
    const found = this.#all.get(Number(number));
    if (!found) return undefined;
    if (rest === undefined) return ['stat', 'status', 'cmdline', 'fd'];
    if (rest === 'fd') return found.port === undefined ? ['0'] : ['0', '1'];
    if (rest === 'task') return [String(found.pid)];
    return undefined;
  }

  link(path: string): string | undefined {
    const [, who, rest = ''] = /^\/proc\/(\d+|self)\/(.*)$/.exec(path) ?? [];
    if (rest === 'ns/pid') return 'pid:[4026531836]';
    const found = this.#all.get(Number(who));
    if (!found) return undefined;
    if (rest === 'exe') return found.commandLine.split(' ')[0];
    if (rest === 'cwd') return '/';
    if (rest === 'fd/0') return '/dev/null';
    if (rest === 'fd/1' && found.port !== undefined) return `socket:[${inode(found)}]`;
    return undefined;
  }

  #ticks({ bornUptimeMs }: Process): number {
    return Math.round(bornUptimeMs * TICKS_PER_MS);
  }

  #sockets(): string {
    const listening = [...this.#all.values()].filter(({ port }) => port !== undefined);
    const lines = listening.map((one, index) => {
      const port = one.port!.toString(16).toUpperCase().padStart(4, '0');
      return `   ${index}: 0100007F:${port} 00000000:0000 0A 00000000:00000000 00:00000000 00000000 ${OWN_UID} 0 ${inode(one)} 1 0 100 0 0 10 0\n`;
    });
    return SOCKETS_HEAD + lines.join('');
  }
}

const SOCKETS_HEAD =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';

function inode({ pid }: Process): number {
  return 100_000 + pid;
}

function nameOf(commandLine: string): string {
  return commandLine.split(' ')[0]!.split('/').at(-1)!;
}
