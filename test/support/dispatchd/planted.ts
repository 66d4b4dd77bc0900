import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spec } from './sessions';

/** Leaves so many waiting tasks in a state directory, more than a client may post. @returns their ids, the oldest first */
export function plantQueued(stateDir: string, count: number): string[] {
  const sessions = join(stateDir, 'sessions');
  mkdirSync(sessions, { recursive: true, mode: 0o700 });
  const createdAt = Date.now() - count;
  return Array.from({ length: count }, (_, index) => {
    const id = `session-planted-${String(index).padStart(6, '0')}`;
    const counts = { attempt: 0, turn: 1, extensionsUsed: 0, requestedExtensions: 0 };
    const session = {
      version: 1,
      id,
      spec: spec({ name: `work ${index}` }),
      createdAt: createdAt + index,
      recovered: false,
      ...counts,
    };
    writeFileSync(join(sessions, `${id}.json`), JSON.stringify({ ...session, state: { status: 'queued' } }), {
      mode: 0o600,
    });
    return id;
  });
}
