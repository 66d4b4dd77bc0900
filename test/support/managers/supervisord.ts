import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureSupervisor } from '../../../scripts/installSupervisor.mjs';
import { until } from '../until';

export interface SupervisordOptions {
  /** Of its own; its socket and its files are there. */
  readonly folder: string;
  /** The line that starts the program. */
  readonly command: string;
  /** What else the section of the program says. */
  readonly program?: readonly string[];
  /** Who may control it, as `name:password`; everybody without it. */
  readonly login?: string;
}

/** A real supervisord that keeps one program alive, `keeper:daemon`. */
export class Supervisord {
  private constructor(
    private readonly process: ChildProcess,
    /** Where `supervisorctl` is. */
    readonly bin: string,
    readonly socket: string,
    readonly configuration: string,
  ) {}

  /** Rejects where this machine has no supervisord to unpack. */
  static async start({ folder, command, program = [], login }: SupervisordOptions): Promise<Supervisord> {
    const bin = await ensureSupervisor();
    const socket = join(folder, 'supervisor.sock');
    const configuration = join(folder, 'keeper.conf');
    const [name, password] = login?.split(':') ?? [];
    const who = login === undefined ? [] : [`username=${name}`, `password=${password}`];
    const lines = [
      '[supervisord]',
      ...['nodaemon=true', `logfile=${join(folder, 'supervisord.log')}`],
      ...[`pidfile=${join(folder, 'supervisord.pid')}`, `childlogdir=${folder}`],
      ...['[unix_http_server]', `file=${socket}`, ...who],
      '[rpcinterface:supervisor]',
      'supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface',
      ...['[supervisorctl]', `serverurl=unix://${socket}`, ...who],
      ...['[program:daemon]', `command=${command}`, 'autorestart=true', 'startsecs=1', ...program],
      ...['[group:keeper]', 'programs=daemon', ''],
    ];
    writeFileSync(configuration, lines.join('\n'));
    const child = spawn(join(bin, 'supervisord'), ['-n', '-c', configuration], { stdio: 'ignore' });
    await until(() => existsSync(socket) || child.exitCode !== null, 'supervisord');
    return new Supervisord(child, bin, socket, configuration);
  }

  get pid(): number {
    return this.process.pid!;
  }

  /** It ends what it keeps before itself. */
  async stop(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const gone = once(this.process, 'exit');
    this.process.kill('SIGTERM');
    await gone;
  }
}
