import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { version } from '../../package.json';
import { readBootId } from './bootId';
import { HangSwitch } from './chaos';
import { systemClock as clock } from './clock';
import { createApp } from './http/app';
import { HttpServer } from './http/server';
import { removeInstanceFile, writeInstanceFile, type Instance } from './instance';
import { acquireLock } from './lock';
import type { Log } from './log';
import { argvToRepeat, type Options } from './options';
import { PollLoop } from './pollLoop';
import { findPortOwner, portInUseMessage } from './portOwner';
import { SHUTDOWN_GRACE_MS } from './policy';
import { Service } from './service';
import { readySessions } from './session';
import { SessionStore } from './sessionStore';
import { Supervisor } from './supervisor';
import { readOrCreateToken } from './token';
import { startWatch } from './watch';

/** A reason not to start that is fit to show as it is. */
export class CannotStart extends Error {}

/** The running daemon, as `main.ts` sees it. */
export interface Daemon {
  readonly url: string;
  /** Ends everything in order; the state directory is free when it resolves. */
  stop(): Promise<void>;
  /** Ends the children at once. */
  kill(): void;
}

/** Wires the parts and starts them. @throws CannotStart, StateDirInUse */
export async function startDaemon(options: Options, log: Log): Promise<Daemon> {
  const { stateDir, workspace } = options;
  const bootId = await readBootId();
  const unlock = await acquireLock(stateDir, bootId);
  try {
    const token = await readOrCreateToken(stateDir);
    const instance: Instance = {
      id: randomUUID(),
      pid: process.pid,
      version,
      startedAt: clock.wallMs(),
      bootId,
      startKind: 'unknown',
      workspace,
      stateDir,
    };
    const store = new SessionStore(join(stateDir, 'sessions'));
    const supervisor = new Supervisor(clock, log, store, {
      instanceId: instance.id,
      bootId,
      stateDir,
      workers: options.workers,
    });
    const hangSwitch = options.chaos ? new HangSwitch() : undefined;
    const loop = new PollLoop(clock, log, options.pollIntervalMs, async () => {
      await hangSwitch?.pass();
      await supervisor.dispatchReady();
    });
    const service = new Service({
      clock,
      options,
      instance,
      store,
      supervisor,
      loop,
      defaultCwd: taskFolder(workspace),
    });
    const server = new HttpServer(createApp({ service, token, log, chaos: hangSwitch }), log);
    const port = await listen(server, options.port);

    await writeInstanceFile(instance, port, argvToRepeat(options, port));
    const stopWatch = startWatch(clock, log, options.pollStaleThresholdMs, () => ({
      poll: loop.times,
      thresholdMs: options.pollStaleThresholdMs,
      readyTasks: readySessions(store.all()).length,
      workers: options.workers,
    }));
    loop.start();
    return {
      url: `http://127.0.0.1:${port}`,
      async stop() {
        loop.stop();
        stopWatch();
        server.close();
        await supervisor.stopAll(SHUTDOWN_GRACE_MS);
        await removeInstanceFile(stateDir);
        await unlock();
      },
      kill: () => supervisor.killAll(),
    };
  } catch (error) {
    await unlock();
    throw error;
  }
}

/** The workspace is only a label where it is no folder. */
function taskFolder(workspace: string): string {
  return isAbsolute(workspace) && existsSync(workspace) ? workspace : process.cwd();
}

async function listen(server: HttpServer, port: number): Promise<number> {
  try {
    return await server.listen(port);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') throw new CannotStart(portInUseMessage(port, await findPortOwner(port)));
    if (code === 'EACCES')
      throw new CannotStart(`port ${port} may not be used by this user; give another --port`);
    throw new CannotStart(`cannot listen on port ${port}: ${message}`);
  }
}
