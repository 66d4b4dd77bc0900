import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The sessions of a dispatchd as who has its token sees them. */
export async function ownSessions<T>(url: string): Promise<T[]> {
  const status = await fetch(`${url}/api/daemon/status`);
  const { stateDir } = ((await status.json()) as { instance: { stateDir: string } }).instance;
  const token = readFileSync(join(stateDir, 'token'), 'utf8').trim();
  const answer = await fetch(`${url}/api/sessions`, { headers: { authorization: `Bearer ${token}` } });
  return ((await answer.json()) as { sessions: T[] }).sessions;
}
