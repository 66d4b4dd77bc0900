import { createServer } from 'node:net';
import { linkSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { identify } from '../../src/system/identity';
import type { Contender, ContenderReply, RacedLock } from './lockContenders';

/** Where a round takes place. */
export interface Stage {
  readonly lock: RacedLock;
  readonly folder: string;
  /** The name of the lock's file. */
  readonly name: string;
  readonly round: number;
  readonly bootId: string;
  /** A process beside the contenders. One that was killed is replaced by another one. */
  readonly other: (where?: 'here' | 'otherNamespace') => Promise<Contender>;
  readonly ask: (contender: Contender, clockShiftMs?: number) => Promise<ContenderReply>;
}

/** What was there before a round began. */
export interface Scene {
  /** Nobody may get the lock until this has happened. */
  readonly ends?: () => Promise<void>;
  /** Somebody dies in the round, or may; then it may have had the lock until that moment. */
  readonly dying?: { readonly go: () => Promise<DyingReply> };
  /** How far the wall clocks of the contenders are off. */
  readonly clockShiftMs?: number;
  /** Some of the contenders number processes in another way. */
  readonly mixed?: boolean;
}

export interface DyingReply {
  readonly killedAtNs: bigint;
  readonly gotAtNs?: bigint;
}

type Prepare = (stage: Stage) => Promise<Scene> | Scene;

/** Higher than any process number of Linux, macOS or Windows (4,194,304 at most). */
const DEAD_PID = 2 ** 22 + 1;
const OTHER_BOOT = '11111111-1111-1111-1111-111111111111';
const DAY_MS = 86_400_000;
/** Of rounds with a living owner in one of so many the owner is killed: another process takes a moment to start. */
const KILLS_ONE_IN = 8;
/** Taking a lock takes some 5 ms, giving it back some 2 ms, on an idle machine. */
const TAKING_MS = 8;
const RELEASING_MS = 3;

const nobody = (key: string, bootId: string) => ({
  key,
  pid: DEAD_PID,
  startedAtMs: 1,
  startTicks: 1,
  bootId,
  at: Date.now(),
});

const put = ({ folder, name }: Stage, ending: string, about: unknown) =>
  writeFileSync(join(folder, name + ending), typeof about === 'string' ? about : JSON.stringify(about));

/** A socket whose owner has ended. @returns its name */
async function deadSocket({ folder, name }: Stage, key: string): Promise<string> {
  const socket = `sock.${createHash('sha256').update(name).digest('hex').slice(0, 8)}.${key}`;
  const server = createServer();
  const made = join(folder, 'made');
  await new Promise<void>((resolve) => server.listen(made, resolve));
  linkSync(made, join(folder, socket));
  await new Promise((resolve) => server.close(resolve));
  return socket;
}

/** A process has the lock. */
async function held(stage: Stage, owner: Contender, clockShiftMs?: number): Promise<void> {
  const reply = await stage.ask(owner, clockShiftMs);
  if (reply.kind !== 'tried' || !reply.got) throw new Error(`no owner: ${JSON.stringify(reply)}`);
}

/** The owner of the round gives the lock back, or is killed. */
const ends =
  ({ round }: Stage, owner: Contender) =>
  async () => {
    if (round % KILLS_ONE_IN === 0) await owner.die();
    else await owner.release();
  };

/** Kills a process at some moment after it began with its work. */
function killed(victim: Contender, withinMs: number, work: () => Promise<ContenderReply>) {
  return async (): Promise<DyingReply> => {
    const reply = work();
    await new Promise((resolve) => setTimeout(resolve, Math.random() * withinMs));
    const killedAtNs = process.hrtime.bigint();
    await victim.die();
    const said = await reply;
    const gotAtNs = said.kind === 'tried' && said.gotAtNs;
    return { killedAtNs, ...(gotAtNs && { gotAtNs: BigInt(gotAtNs) }) };
  };
}

/** What lies there before a round. */
export const SCENES: Readonly<Record<string, Prepare>> = {
  free: () => ({}),
  'left by a dead owner': (stage) => {
    put(stage, '', nobody('d', stage.round % 2 ? stage.bootId : OTHER_BOOT));
    return {};
  },
  'left by a dead owner with its socket': async (stage) => {
    // A living process has the number: only the socket tells that the owner is dead.
    const living = { ...identify(process.ppid, Date.now()), bootId: stage.bootId };
    put(stage, '', { ...living, key: 'd', socket: await deadSocket(stage, 'd') });
    return {};
  },
  'left by a dead owner of an earlier version': (stage) => {
    put(stage, '', { pid: DEAD_PID, at: Date.now() });
    return {};
  },
  'left by an owner that was killed': async (stage) => {
    const victim = await stage.other();
    await held(stage, victim);
    await victim.die();
    return {};
  },
  'an empty file': (stage) => {
    put(stage, '', '');
    return {};
  },
  'a half-written file': (stage) => {
    put(stage, '', JSON.stringify(nobody('d', stage.bootId)).slice(0, 40));
    return {};
  },
  'left by the dead that took over from the dead': async (stage) => {
    put(stage, '', nobody('d', stage.bootId));
    const socket = await deadSocket(stage, 'e');
    put(stage, '.after.d', { ...nobody('e', stage.bootId), socket });
    put(stage, '.after.e', '{"key":"f');
    return {};
  },
  'of a number that another process has by now': (stage) => {
    const now = identify(process.pid, Date.now());
    put(stage, '', { ...now, startTicks: 1, startedAtMs: 1, key: 'd', bootId: stage.bootId });
    return {};
  },
  'held for a day': async (stage) => {
    const owner = await stage.other();
    await held(stage, owner);
    const file = join(stage.folder, stage.name);
    const about = JSON.parse(readFileSync(file, 'utf8')) as { at: number };
    writeFileSync(file, JSON.stringify({ ...about, at: about.at - DAY_MS }));
    utimesSync(file, (Date.now() - DAY_MS) / 1_000, (Date.now() - DAY_MS) / 1_000);
    return { ends: ends(stage, owner) };
  },
  'held while the clock is set a day on or back': async (stage) => {
    const shiftMs = stage.round % 2 ? DAY_MS : -DAY_MS;
    const owner = await stage.other();
    await held(stage, owner, stage.round % 4 < 2 ? shiftMs : 0);
    return { ends: ends(stage, owner), clockShiftMs: stage.round % 4 < 2 ? 0 : shiftMs };
  },
  'held by a stopped process': async (stage) => {
    const owner = await stage.other();
    await held(stage, owner);
    owner.signal('SIGSTOP');
    const end = ends(stage, owner);
    return {
      ends: async () => {
        if (stage.round % KILLS_ONE_IN !== 0) owner.signal('SIGCONT');
        await end();
      },
    };
  },
  'asked for while one that asks is killed': async (stage) => {
    if (stage.round % 2) put(stage, '', nobody('d', stage.bootId));
    const victim = await stage.other();
    return { dying: { go: killed(victim, TAKING_MS, () => stage.ask(victim)) } };
  },
  'asked for while its owner is killed as it gives the lock back': async (stage) => {
    const victim = await stage.other();
    await held(stage, victim);
    return { dying: { go: killed(victim, RELEASING_MS, () => victim.release()) } };
  },
};

/** The same with processes that number processes in another way. */
export const NAMESPACE_SCENES: Readonly<Record<string, Prepare>> = {
  'held by a process in another namespace': async (stage) => {
    const owner = await stage.other('otherNamespace');
    await held(stage, owner);
    return { ends: ends(stage, owner) };
  },
  'held by a stopped process in another namespace': async (stage) => {
    const owner = await stage.other('otherNamespace');
    await held(stage, owner);
    owner.signal('SIGSTOP');
    const end = ends(stage, owner);
    return {
      ends: async () => {
        if (stage.round % KILLS_ONE_IN !== 0) owner.signal('SIGCONT');
        await end();
      },
    };
  },
  'free, for processes of two namespaces': () => ({ mixed: true }),
  'left by a dead owner with its socket, for processes of two namespaces': async (stage) => {
    const own = { ...nobody('d', stage.bootId), pidNamespace: 'pid:[1]' };
    put(stage, '', { ...own, socket: await deadSocket(stage, 'd') });
    return { mixed: true };
  },
};
