import { Hono, type Context } from 'hono';
import type { Actions } from './actions';
import type { Log } from '../log';
import type { ChaosSwitch } from '../loop/chaos';
import { DEFAULT_TAIL_LINES, MAX_TAIL_LINES } from '../policy';
import type { Service } from './service';
import { StateNotWritten } from '../../system/trouble';
import { taskView, type Reader } from './views';
import { jsonBody, optionalJsonBody } from './body';
import { ignoredFields } from './taskInput';
import { ApiError } from './errors';
import { checkToken, hasToken } from './guard';
import { addProbes } from './probes';
import { NONCE_PATTERN, ROUTES, type ChallengeAnswer } from '../../protocol/dispatchd';
import { challengeAnswer } from '../../system/challenge';

/** What `--chaos` lets tests and demonstrations do. */
const CHAOS = ['hang', 'release', 'crash'] as const;

export interface AppParts {
  readonly service: Service;
  readonly actions: Actions;
  readonly token: string;
  /** Where the daemon listens, `127.0.0.1:3470`. */
  readonly ownAddress: () => string;
  readonly log: Log;
  readonly chaos: Pick<ChaosSwitch, (typeof CHAOS)[number]> | undefined;
  /** Begins the end of the process, as SIGTERM does; Windows has no other clean way. */
  readonly shutDown: () => void;
}

/**
 * All routes. Changing anything, and reading what a command is or printed, needs the token. Without, a look is open to
 * local callers, who see less.
 */
export function createApp({ service, actions, token, ownAddress, log, chaos, shutDown }: AppParts): Hono {
  const app = new Hono();
  const requireToken = (c: Context) => {
    const refusal = checkToken(c.req.header('authorization'), token);
    if (refusal) throw refusal;
  };

  const readerOf = (c: Context): Reader =>
    hasToken(c.req.header('authorization'), token) ? 'owner' : 'anybody';

  app.use(async (c, next) => {
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') requireToken(c);
    await next();
  });

  app.get(ROUTES.health, (c) => c.json(service.health()));
  addProbes(app, () => service.figures());
  app.get(ROUTES.status, (c) => c.json(service.status(readerOf(c))));
  app.get(ROUTES.history, (c) => {
    requireToken(c);
    return c.json(service.history());
  });
  app.get(ROUTES.challenge, (c) => {
    const nonce = c.req.query('nonce') ?? '';
    if (!NONCE_PATTERN.test(nonce))
      throw new ApiError(400, 'INVALID_INPUT', 'nonce must be 32 to 128 hex digits');
    const address = ownAddress();
    const answer: ChallengeAnswer = { address, answer: challengeAnswer(token, address, nonce) };
    return c.json(answer);
  });
  app.post(ROUTES.shutdown, (c) => {
    shutDown();
    return c.json({ success: true, message: 'stopping' }, 202);
  });

  app.get(ROUTES.tasks, (c) => c.json({ tasks: service.tasks(readerOf(c)) }));
  app.get('/api/tasks/:id', (c) => c.json({ task: service.task(c.req.param('id'), readerOf(c)) }));
  app.post(ROUTES.tasks, async (c) => {
    const body = await jsonBody(c.req.raw);
    const task = taskView(await actions.submit(body), undefined, 'owner');
    const ignored = ignoredFields(body);
    return c.json({ task, ...(ignored.length > 0 && { ignored }) }, 201);
  });

  app.get(ROUTES.sessions, (c) => c.json({ sessions: service.sessions(readerOf(c)) }));
  app.get('/api/sessions/:id', (c) => c.json({ session: service.session(c.req.param('id'), readerOf(c)) }));
  app.get('/api/sessions/:id/output', async (c) => {
    // What a command printed may hold secrets, and other users of this machine reach the port too.
    requireToken(c);
    const text = await service.output(c.req.param('id'), tailLines(c.req.query('tail')));
    return c.text(text, 200, { 'content-type': 'text/plain; charset=UTF-8' });
  });
  app.post('/api/sessions/:id/extend', async (c) => {
    const { id } = service.find(c.req.param('id'));
    const extendedByMs = await actions.extend(service.find(id), await optionalJsonBody(c.req.raw));
    return c.json({ extendedByMs, session: service.session(id, 'owner') });
  });
  app.post('/api/sessions/:id/cancel', async (c) => {
    const session = service.find(c.req.param('id'));
    await actions.cancel(session);
    return c.json({ session: service.session(session.id, 'owner') }, 202);
  });

  const runAgain = async (c: Context<object, '/:id'>) => {
    const session = service.find(c.req.param('id'));
    return c.json(
      {
        task: taskView(
          await actions.runAgain(session, await optionalJsonBody(c.req.raw)),
          undefined,
          'owner',
        ),
      },
      201,
    );
  };
  app.post('/api/sessions/:id/run', runAgain);
  app.post('/api/recovery/:id/run', runAgain);
  app.post('/api/recovery/:id/dismiss', async (c) => {
    const session = service.find(c.req.param('id'));
    await actions.dismiss(session);
    return c.json({ session: service.session(session.id, 'owner') });
  });

  for (const name of chaos ? CHAOS : []) {
    app.post(`/api/chaos/${name}`, (c) => {
      chaos?.[name]();
      return c.json({ success: true });
    });
  }

  app.notFound((c) => {
    const { method, path } = c.req;
    const taken = methodsOf(app, path);
    const refusal =
      taken.length === 0
        ? new ApiError(404, 'NOT_FOUND', `no such route: ${method} ${path}`)
        : new ApiError(405, 'METHOD_NOT_ALLOWED', `${path} takes ${taken.join(' and ')}, not ${method}`);
    if (taken.length > 0) c.header('allow', taken.join(', '));
    return c.json(refusal.body, refusal.status);
  });
  app.onError((error, c) => {
    if (error instanceof ApiError) return c.json(error.body, error.status);
    if (error instanceof StateNotWritten) {
      log.warn(`${c.req.method} ${c.req.path} refused: ${error.inFull}`);
      const refusal = new ApiError(error.isFull ? 507 : 503, 'STATE_NOT_WRITTEN', error.message);
      return c.json(refusal.body, refusal.status);
    }
    log.error(`${c.req.method} ${c.req.path} failed: ${error.stack ?? error.message}`);
    return c.json(new ApiError(500, 'INTERNAL_ERROR', 'internal error, see the log of dispatchd').body, 500);
  });
  return app;
}

/** The methods that a path has routes for. */
function methodsOf({ routes }: Hono, path: string): string[] {
  const isOf = (pattern: string) => new RegExp(`^${pattern.replace(/:\w+/g, '[^/]+')}$`).test(path);
  const found = routes.filter((route) => route.method !== 'ALL' && isOf(route.path));
  return [...new Set(found.map(({ method }) => method))].sort();
}

function tailLines(text: string | undefined): number {
  if (text === undefined) return DEFAULT_TAIL_LINES;
  const lines = /^\d+$/.test(text) ? Number(text) : 0;
  if (lines >= 1 && lines <= MAX_TAIL_LINES) return lines;
  throw new ApiError(400, 'INVALID_INPUT', `tail must be a number of lines from 1 to ${MAX_TAIL_LINES}`);
}
