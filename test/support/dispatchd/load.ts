import autocannon, { type Result } from 'autocannon';
import type { DaemonProcess } from './daemonProcess';

/** What the load asks for by turns: looks of anybody and of the owner, work, and what is to be refused. */
function requests(token: string): autocannon.Request[] {
  const authorization = `Bearer ${token}`;
  const task = JSON.stringify({ name: 'n', command: 'true' });
  const looks: autocannon.Request[] = [
    { method: 'GET', path: '/api/daemon/status' },
    { method: 'GET', path: '/api/daemon/status', headers: { authorization } },
    { method: 'GET', path: '/api/sessions' },
    { method: 'GET', path: '/api/tasks', headers: { authorization } },
  ];
  return [
    ...looks,
    ...looks,
    { method: 'POST', path: '/api/tasks', headers: { authorization }, body: task },
    { method: 'GET', path: '/api/sessions/none' },
    { method: 'POST', path: '/api/tasks', body: task },
    { method: 'POST', path: '/api/tasks', headers: { authorization }, body: '{"name":' },
    { method: 'GET', path: '/api/health', headers: { origin: 'http://evil.example' } },
    { method: 'GET', path: '/api/history', headers: { authorization } },
  ];
}

/** Puts a bounded load on a daemon. */
export function load(daemon: DaemonProcess, seconds: number): Promise<Result> {
  return autocannon({
    url: `http://127.0.0.1:${daemon.port}`,
    connections: 20,
    duration: seconds,
    // Bounded: the load is to be borne for long, not to be the highest.
    overallRate: 400,
    requests: requests(daemon.token),
  });
}
