import { Hono } from 'hono';
import type { Log } from '../log';
import type { Service } from '../service';
import { jsonBody } from './body';
import { ApiError } from './errors';
import { checkToken } from './guard';

/** What `--chaos` lets tests and demonstrations do. */
export interface Chaos {
  hang(): void;
  release(): void;
}

export interface AppParts {
  readonly service: Service;
  readonly token: string;
  readonly log: Log;
  readonly chaos: Chaos | undefined;
}

/** All routes. Reading is open to local callers, changing anything needs the token. */
export function createApp({ service, token, log, chaos }: AppParts): Hono {
  const app = new Hono();

  app.use(async (c, next) => {
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') {
      const refusal = checkToken(c.req.header('authorization'), token);
      if (refusal) throw refusal;
    }
    await next();
    c.header('cache-control', 'no-store');
    c.header('x-content-type-options', 'nosniff');
  });
  app.get('/api/health', (c) => c.json(service.health()));
  app.get('/api/daemon/status', (c) => c.json(service.status()));
  app.get('/api/sessions', (c) => c.json({ sessions: service.sessions() }));
  app.get('/api/tasks', (c) => c.json({ tasks: service.tasks() }));
  app.post('/api/tasks', async (c) => c.json({ task: await service.submit(await jsonBody(c.req.raw)) }, 201));

  if (chaos) {
    app.post('/api/chaos/hang', (c) => {
      chaos.hang();
      return c.json({ success: true, message: 'the next poll cycle will not settle' });
    });
    app.post('/api/chaos/release', (c) => {
      chaos.release();
      return c.json({ success: true });
    });
  }

  app.notFound((c) =>
    c.json(new ApiError(404, 'NOT_FOUND', `no such route: ${c.req.method} ${c.req.path}`).body, 404),
  );
  app.onError((error, c) => {
    if (error instanceof ApiError) return c.json(error.body, error.status);
    log.error(`${c.req.method} ${c.req.path} failed: ${error.stack ?? error.message}`);
    return c.json(new ApiError(500, 'INTERNAL_ERROR', 'internal error, see the log of dispatchd').body, 500);
  });
  return app;
}
