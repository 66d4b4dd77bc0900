import type { Context, Hono } from 'hono';
import { cleanText } from '../../base/text';
import { ROUTES } from '../../protocol/dispatchd';
import { progressOf, whyNot } from '../loop/progress';
import type { Figures } from './figures';
import { HEALTH_TYPE, healthChecks } from './healthChecks';
import { METRICS_TYPE, metricsPage } from './metrics';

/** A part of a probe, and why it is not well, where it is not. */
type Part = readonly [name: string, why: string | undefined];

/** The routes by which programs of any make learn how dispatchd is. None needs the token, and none is behind a timer. */
export function addProbes(app: Hono, figures: () => Figures): void {
  app.get(ROUTES.metrics, (c) => c.body(metricsPage(figures()), 200, { 'content-type': METRICS_TYPE }));
  app.get(ROUTES.healthChecks, (c) => {
    const body = healthChecks(figures());
    const status = body.status === 'fail' ? 503 : 200;
    return c.body(JSON.stringify(body), status, { 'content-type': HEALTH_TYPE });
  });
  // That it answers is all: who restarts a daemon for this one would end work that goes on beside a wedged loop.
  app.get(ROUTES.live, (c) => answer(c, 'livez', 'ok', [['http', undefined]]));
  app.get(ROUTES.ready, (c) => {
    const now = figures();
    const progress = progressOf(now.loop, now.failure, now.now);
    const isReady = progress === 'advancing' || progress === 'slow';
    return answer(c, 'readyz', isReady ? 'ok' : progress, readyParts(now));
  });
}

function readyParts({ loop, failure, now }: Figures): readonly Part[] {
  const isBegun = loop.poll.completedAt !== undefined;
  const isWedged = progressOf(loop, failure, now) === 'wedged';
  return [
    ['start', isBegun ? undefined : 'no poll cycle has completed yet'],
    ['cycles', failure],
    ['loop', isWedged ? whyNot('wedged', loop, failure, now) : undefined],
  ];
}

/** As Kubernetes' own servers answer: a word; with `?verbose` a line for each part. */
function answer(c: Context, name: string, word: string, parts: readonly Part[]): Response {
  const isGood = word === 'ok';
  const lines = parts.map(([part, why]) =>
    why === undefined ? `[+]${part} ok` : `[-]${part} failed: ${cleanText(why)}`,
  );
  const verbose = [...lines, `${name} check ${isGood ? 'passed' : 'failed'}`, ''].join('\n');
  return c.text(c.req.query('verbose') === undefined ? word : verbose, isGood ? 200 : 503);
}
