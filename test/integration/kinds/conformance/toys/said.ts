import * as v from 'valibot';
import { cleanText } from '../../../../../src/base/text';
import type { Session } from '../../../../../src/health/report';

const text = v.pipe(
  v.string(),
  v.transform((value) => cleanText(value, 80)),
);
const number = v.pipe(v.number(), v.integer(), v.minValue(0));
const JOBS = v.pipe(
  v.array(v.object({ id: v.pipe(text, v.minLength(1)), title: text, isRunning: v.boolean() })),
  v.maxLength(1_000),
);

/** What `toy.mjs` says of itself: both toys read this, one from an answer and one from a file. */
export const SAID = v.object({
  toy: v.object({
    id: text,
    pid: v.pipe(number, v.minValue(1)),
    birth: v.object({ startedAtMs: number, startTicks: v.exactOptional(number) }),
    folder: text,
  }),
  isRunning: v.boolean(),
  beatAt: v.exactOptional(number),
  staleMs: number,
  jobs: JOBS,
  left: v.object({ resumed: number, interrupted: number }),
});

export function sessionsOf(jobs: v.InferOutput<typeof JOBS>): readonly Session[] {
  return jobs.map(({ id, title, isRunning }) => ({
    id,
    title,
    status: isRunning ? 'running' : 'interrupted',
  }));
}
