/**
 * A program that uses BullMQ as its readers are told to: one queue, one worker with two hands, and `/metrics` as the
 * queue itself gives it. `POST /add?name=NAME` adds a job: `quick` ends at once, `slow` after 2 s, `hang` never settles.
 * Of its two parts, `queue` and `worker`, each may run in a process of its own.
 */
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const [packages, redisPort, port, ...parts] = process.argv.slice(2);
const { Queue, Worker } = createRequire(join(packages, 'bullmq', 'package.json'))('bullmq');
const connection = { host: '127.0.0.1', port: Number(redisPort), maxRetriesPerRequest: null };

const work = {
  quick: () => Promise.resolve(),
  slow: () => delay(2_000),
  hang: () => new Promise(() => {}),
};
if (parts.includes('worker')) {
  const worker = new Worker('letters', ({ name }) => work[name](), { connection, concurrency: 2 });
  await worker.waitUntilReady();
}
if (parts.includes('queue')) serve(new Queue('letters', { connection }));

function serve(queue) {
  createServer(async (request, response) => {
    const url = new URL(request.url, 'http://127.0.0.1');
    if (request.method === 'POST') {
      await queue.add(url.searchParams.get('name'), {});
      response.writeHead(204).end();
      return;
    }
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(`${await queue.exportPrometheusMetrics()}\n`);
  }).listen(Number(port), '127.0.0.1');
}
