import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as v from 'valibot';
import type { StrangeAnswer } from '../../../../../src/health/cause';
import type { Report } from '../../../../../src/health/report';
import type { Traits } from '../../../../../src/health/traits';
import type { ConnectOptions, Kind, KindCode, RestartWay, StartPlace } from '../../../../../src/kinds/kind';
import type { Look } from '../../../../../src/kinds/look';
import { parseObject } from '../../../../../src/base/text';
import type { Target } from '../../../../../src/model/target';
import { NoAnswer } from '../../../../../src/system/httpClient';
import { isProvenAlive } from '../../../../../src/system/identity';
import { readBounded } from '../../../../../src/system/privateFile';
import { codeOf } from '../../../../../src/system/trouble';
import { SAID, sessionsOf } from './said';

const MAX_BYTES = 64 * 1024;
const NO_FILE: StrangeAnswer = { is: 'unknownKind' };

/** A daemon without an address, which writes its state into a file. It tells of its loop and forgets the work it lost. */
export const toyFile: Kind = {
  id: 'toyFile',
  ports: [],
  provenBy: 'cycle',
  runsCommands: false,
  hasPage: false,
  load: () => Promise.resolve(code),
};

const TRAITS: Traits = {
  namesItsInstances: true,
  listsEndedSessions: false,
  remembersInterrupted: false,
  extendsOnRequest: false,
};

const code: KindCode = {
  identify: async (look) => {
    if (look.target.kind !== 'file') return NO_FILE;
    const report = await read(look, Date.now);
    return 'is' in report ? report : { kind: toyFile.id, isRunning: report.isRunning, report };
  },
  connect: (_target, { wallAt }) => ({
    ask: async (look) => {
      const startedMs = performance.now();
      const report = await read(look, wallAt);
      return 'is' in report
        ? { is: 'wrong', why: report }
        : { is: 'report', report, latencyMs: performance.now() - startedMs };
    },
  }),
  restartWays,
  places: ({ env }) =>
    Promise.resolve((env['TOY_FILES']?.split(',') ?? []).map((file) => ({ kind: 'file', paths: [file] }))),
};

/** @throws {NoAnswer} where there is no file, nobody writes it any more, or it is not read in time */
async function read(
  { target, within }: Look,
  wallAt: ConnectOptions['wallAt'],
): Promise<Report | StrangeAnswer> {
  const [file] = target.kind === 'file' ? target.paths : [];
  if (file === undefined) return NO_FILE;
  const late = delay(within.leftMs(), undefined, { ref: false });
  const read = await Promise.race([readNow(file, wallAt), late]);
  return read ?? Promise.reject(new NoAnswer('timeout', { is: 'noAnswer', withinMs: within.timeoutMs }));
}

async function readNow(file: string, wallAt: ConnectOptions['wallAt']): Promise<Report | StrangeAnswer> {
  const text = await readBounded(file, MAX_BYTES).catch((error: unknown) => {
    throw new NoAnswer('refused', { is: 'connectionFailed', code: codeOf(error) ?? 'unknown' });
  });
  if (text === undefined) return { is: 'empty' };
  const said = v.safeParse(SAID, parseObject(text));
  if (!said.success) return { is: 'noHealthOf', kind: toyFile.id };
  const { toy, isRunning, beatAt, staleMs, jobs } = said.output;
  if (!(await isProvenAlive({ pid: toy.pid, ...toy.birth }))) {
    throw new NoAnswer('refused', { is: 'closed' });
  }
  return {
    kind: toyFile.id,
    isRunning,
    pollStaleThresholdMs: staleMs,
    // Its clock is ours: a file that nobody writes any more gets older.
    daemonNow: wallAt(),
    progress: { kind: 'cycles', ...(beatAt !== undefined && { startedAt: beatAt, completedAt: beatAt }) },
    traits: TRAITS,
    sessions: sessionsOf(jobs),
    instance: { id: toy.id, pid: toy.pid },
    malformed: [],
  };
}

function restartWays(target: Target, { nodePath }: StartPlace): readonly RestartWay[] {
  const [file] = target.kind === 'file' ? target.paths : [];
  if (file === undefined) return [];
  const toy = [join(__dirname, 'toy.mjs'), '--folder', dirname(file), '--file', file, '--forgets'];
  const command = (...more: string[]) => ({
    kind: 'process' as const,
    command: nodePath,
    args: [...toy, ...more],
  });
  return [
    { by: 'spawn', keepsWork: false, command: command() },
    { by: 'supervisor', keepsWork: true, command: command('--supervise', '--resumes') },
    { by: 'itself', keepsWork: false, command: command('--ask') },
  ];
}
