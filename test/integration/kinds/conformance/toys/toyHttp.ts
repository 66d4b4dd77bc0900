import { join } from 'node:path';
import * as v from 'valibot';
import type { StrangeAnswer } from '../../../../../src/health/cause';
import type { Report } from '../../../../../src/health/report';
import type { Traits } from '../../../../../src/health/traits';
import type { Connection, Kind, KindCode, RestartWay, StartPlace } from '../../../../../src/kinds/kind';
import type { Look } from '../../../../../src/kinds/look';
import { notAStatus } from '../../../../../src/kinds/read/answers';
import { parseObject } from '../../../../../src/base/text';
import type { NoWay } from '../../../../../src/model/startFailure';
import type { Target } from '../../../../../src/model/target';
import { SAID, sessionsOf } from './said';

/** A daemon of a JSON and a route of its own. Its answer does not tell of its loop. It remembers the work it lost. */
export const toyHttp: Kind = {
  id: 'toyHttp',
  ports: [4_711],
  statusRoute: '/toy',
  provenBy: 'answer',
  runsCommands: false,
  hasPage: false,
  load: () => Promise.resolve(code),
};

const TRAITS: Traits = {
  namesItsInstances: true,
  listsEndedSessions: true,
  remembersInterrupted: true,
  extendsOnRequest: false,
};

const code: KindCode = {
  identify: async (look) => {
    if (look.origin === undefined) return { is: 'noAddress' };
    const report = await read(look);
    return 'is' in report ? report : { kind: toyHttp.id, isRunning: report.isRunning, report };
  },
  connect: (): Connection => ({
    statusRoute: '/toy',
    ask: async (look) => {
      const startedMs = performance.now();
      const report = await read(look);
      return 'is' in report
        ? { is: 'stranger', why: report }
        : { is: 'report', report, latencyMs: performance.now() - startedMs };
    },
  }),
  restartWays,
};

/** @throws {NoAnswer} */
async function read(look: Look): Promise<Report | StrangeAnswer> {
  const answer = await look.get('/toy');
  const refusal = notAStatus(answer);
  if (refusal !== undefined) return refusal;
  const said = v.safeParse(SAID, parseObject(answer.body));
  if (!said.success) return { is: 'noHealthOf', kind: toyHttp.id };
  const { toy, isRunning, jobs, left } = said.output;
  return {
    kind: toyHttp.id,
    isRunning,
    progress: { kind: 'untold', by: 'kind' },
    traits: TRAITS,
    sessions: sessionsOf(jobs),
    recovery: left,
    instance: { id: toy.id, pid: toy.pid, stateDir: toy.folder },
    malformed: [],
  };
}

/** Asked to restart itself, it goes on with its work; ended by anybody else, it does not. */
function restartWays(target: Target, { nodePath }: StartPlace, last?: Report): readonly RestartWay[] | NoWay {
  const folder = last?.instance?.stateDir;
  if (target.kind !== 'http' || folder === undefined) return { is: 'startUnknown', daemon: toyHttp.id };
  const toy = [join(__dirname, 'toy.mjs'), '--folder', folder, '--port', new URL(target.origin).port];
  const command = (...more: string[]) => ({
    kind: 'process' as const,
    command: nodePath,
    args: [...toy, ...more],
  });
  return [
    { by: 'spawn', keepsWork: false, command: command() },
    { by: 'supervisor', keepsWork: false, command: command('--supervise'), name: "the toy's supervisor" },
    { by: 'itself', keepsWork: true, command: command('--ask', '--resumes') },
  ];
}
