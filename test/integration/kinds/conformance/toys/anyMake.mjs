// A daemon that no kind of the product knows. Flags:
//   --port N      it answers GET / on 127.0.0.1 with its health, and 404 to all other routes
//   --says FILE   what it does now: works, hangs (it answers, and does nothing), drains
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const BEAT_MS = 50;

const value = (name) => process.argv[process.argv.indexOf(name) + 1];

function says() {
  try {
    return readFileSync(value('--says'), 'utf8');
  } catch {
    return 'works';
  }
}

let lastSuccessAt = null;
setInterval(() => {
  if (says() === 'works') lastSuccessAt = new Date().toISOString();
}, BEAT_MS);

const server = createServer(({ url }, response) => {
  const isDraining = says() === 'drains';
  const health = {
    status: isDraining ? 'draining' : 'ok',
    checks: { disk: [{ status: 'pass' }] },
    worker: { lastSuccessAt },
  };
  response.writeHead(url === '/' ? (isDraining ? 503 : 200) : 404, {
    'content-type': 'application/health+json',
  });
  response.end(JSON.stringify(url === '/' ? health : { error: 'no such route' }));
});
const listen = () => {
  server.once('error', () => setTimeout(listen, BEAT_MS));
  server.listen(Number(value('--port')), '127.0.0.1');
};
listen();
