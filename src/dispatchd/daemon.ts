import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { version } from '../../package.json';
import { Actions } from './http/actions';
import { readBootId } from '../system/bootId';
import { ChaosSwitch } from './loop/chaos';
import { systemClock as clock } from './clock';
import { ExitFiles } from './sessions/exitFile';
import { createApp } from './http/app';
import { HttpServer } from './http/server';
import { removeInstanceFile, writeInstanceFile, type Instance } from './life/instance';
import { Lifecycle, lastExit, startKind } from './life/lifecycle';
import { acquireLock } from './life/lock';
import { History, HISTORY_FILE } from './life/history';
import { lifeEntry, outcomeEntry } from './life/historyEntries';
import { isFinished } from './sessions/session';
import type { Log } from './log';
import { argvToRepeat, type Options } from './options';
import { OutputFiles } from './sessions/output';
import { HEARTBEAT_MS, SHUTDOWN_GRACE_MS } from './policy';
import { PollLoop } from './loop/pollLoop';
import { findPortOwner, portInUseMessage } from './portInUse';
import { describeStart, recover } from './life/recovery';
import { expiredSessions } from './sessions/retention';
import { Service } from './http/service';
import { SessionStore } from './sessions/sessionStore';
import { proveStateDir, stateDirRefusal } from './life/stateDir';
import { removeTemporaries } from '../system/privateFile';
import { Supervisor } from './processes/supervisor';
import { readOrCreateToken } from './http/token';
import { startWatch } from './loop/watch';
import type { LoopSample } from './loop/health';

/** A reason not to start that is fit to show as it is. */
export class CannotStart extends Error {}

/** The running daemon, as `main.ts` sees it. */
export interface Daemon {
  readonly url: string;
  /** Ends everything in order; the state directory is free when it resolves. */
  stop(): Promise<void>;
  /** Ends the children at once. Resolves when that is done; never rejects. */
  kill(): Promise<void>;
  /** Leaves word of an exception that nobody caught; the next life takes care of the children. */
  crashed(reason: string): void;
}

/**
 * Wires the parts and starts them: lock, state, port, recovery, poll loop, in that order, so that a start that
 * fails changes nothing.
 * @param shutDown asks for the end of the process
 * @throws CannotStart, StateDirInUse
 */
export async function startDaemon(options: Options, log: Log, shutDown: () => void): Promise<Daemon> {
  try {
    return await start(options, log, shutDown);
  } catch (error) {
    const refusal = stateDirRefusal(options.stateDir, error);
    throw refusal === undefined ? error : new CannotStart(refusal);
  }
}

async function start(options: Options, log: Log, shutDown: () => void): Promise<Daemon> {
  const { stateDir, workspace } = options;
  await proveStateDir(stateDir);
  const bootId = await readBootId();
  const unlock = await acquireLock(stateDir, bootId);
  try {
    await removeTemporaries(stateDir);
    const token = await readOrCreateToken(stateDir);
    const previous = await Lifecycle.readPrevious(stateDir, clock.wallMs());
    const exit = lastExit(previous);
    const instance: Instance = {
      id: randomUUID(),
      pid: process.pid,
      version,
      startedAt: clock.wallMs(),
      bootId,
      startKind: startKind(previous, bootId),
      ...(exit && { lastExit: exit }),
      workspace,
      stateDir,
    };
    const history = new History(join(stateDir, HISTORY_FILE));
    await history.load(clock.wallMs());
    if (previous.kind === 'read' && exit) history.record(lifeEntry(previous.value, exit));
    const store = new SessionStore(join(stateDir, 'sessions'), (over) => history.record(outcomeEntry(over)));
    const setAside = await store.load(clock.wallMs());
    if (previous.kind === 'set-aside') setAside.push(previous.setAside);
    for (const { file, movedTo, reason } of setAside)
      log.warn(`${file} cannot be read (${reason}); kept as ${movedTo}`);

    const outputFiles = new OutputFiles(join(stateDir, 'output'));
    const exitFiles = new ExitFiles(join(stateDir, 'exits'));
    const startedMs = clock.monotonicMs();
    const forgetExpired = () => {
      const upMs = clock.monotonicMs() - startedMs;
      // The earlier of two clocks: a wall clock that is set ahead meanwhile makes nothing old.
      const nowMs = Math.min(clock.wallMs(), instance.startedAt + upMs);
      for (const { id } of expiredSessions(store.lists.begun(), nowMs, { instanceId: instance.id, upMs })) {
        Promise.all([store.remove(id), outputFiles.remove(id)]).catch((error: unknown) =>
          log.warn(`session ${id} could not be removed: ${String(error)}`),
        );
      }
    };
    const supervisor = new Supervisor(clock, log, store, {
      instanceId: instance.id,
      bootId,
      workers: options.workers,
      outputFiles,
      exitFiles,
      onEnded: forgetExpired,
    });
    const chaos = options.chaos ? new ChaosSwitch() : undefined;
    const { id: instanceId, startedAt } = instance;
    const lifecycle = new Lifecycle(clock, stateDir, { instanceId, bootId, startedAt }, previous);
    const loop = new PollLoop(clock, log, options.pollIntervalMs, async () => {
      await chaos?.pass();
      await allOf([lifecycle.catchUp(), store.writeUnwritten(), supervisor.dispatchReady()]);
    });
    const loopSample = (): LoopSample => ({
      poll: loop.times,
      thresholdMs: options.pollStaleThresholdMs,
      readyTasks: store.lists.ready().length,
      workers: options.workers,
    });
    let lateCycles = 0;
    const service = new Service({
      clock,
      options,
      instance,
      store,
      supervisor,
      loop,
      loopSample,
      outputFiles,
      setAside,
      history,
      lateCycles: () => lateCycles,
      startedMs,
    });
    const actions = new Actions({ clock, log, store, supervisor, defaultCwd: taskFolder(workspace) });
    const ownAddress = () => server.address;
    const app = createApp({ service, actions, token, ownAddress, log, chaos, shutDown });
    const server: HttpServer = new HttpServer(app, log);
    const port = await listen(server, options.port);

    log.info(`dispatchd ${version}, pid ${process.pid}: ${describeStart(instance.startKind, exit)}`);
    service.recovered = await recover({
      clock,
      log,
      store,
      exitFiles,
      instanceId: instance.id,
      bootId,
      lastAliveAt: exit?.at,
    });
    // A kill may have come between the two: what is over is on record.
    for (const session of store.lists.begun()) {
      if (isFinished(session)) history.recordOnce(outcomeEntry(session));
    }
    forgetExpired();
    // From here on this life is the previous one of the next: not before what the last one left is in order.
    await lifecycle.beat();
    await writeInstanceFile(instance, port, argvToRepeat(options, port));
    const stopBeating = clock.every(HEARTBEAT_MS, () => {
      // A beat that failed is caught up with by the next cycle, which then fails, and says why.
      lifecycle.beat().catch(() => {});
      history.flush();
    });
    const stopWatch = startWatch(clock, log, options.pollStaleThresholdMs, loopSample, (cycle) => {
      if (cycle.endedAt === undefined) lateCycles++;
      history.record({ type: 'late', instanceId, ...cycle });
    });
    loop.start();
    return {
      url: `http://127.0.0.1:${port}`,
      async stop() {
        loop.stop();
        stopWatch();
        stopBeating();
        server.close();
        await supervisor.stopAll(SHUTDOWN_GRACE_MS);
        await history.written();
        await lifecycle.endCleanly();
        await removeInstanceFile(stateDir);
        await unlock();
      },
      kill: () => supervisor.killAll(),
      crashed: (reason) => lifecycle.end('crashed', reason),
    };
  } catch (error) {
    // Where the directory cannot be written, the lock stays: the next start finds its owner dead.
    await unlock().catch(() => {});
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

/** Waits for all of them. @throws the first failure, once each has come to its end */
async function allOf(works: readonly Promise<void>[]): Promise<void> {
  for (const work of await Promise.allSettled(works)) if (work.status === 'rejected') throw work.reason;
}
