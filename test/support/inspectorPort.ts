import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readBootId } from '../../src/system/bootId';
import { tryLock } from '../../src/system/lock';

/** Every Node process opens its inspector on the same port, so files that run at the same time take turns. */
export function takeInspectorPort(): void {
  let release: () => Promise<void>;

  before(async function () {
    this.timeout(120_000);
    const folder = join(tmpdir(), 'daemon-health-inspector-port');
    await mkdir(folder, { recursive: true });
    for (;;) {
      const locked = await tryLock({ folder, name: 'lock' }, await readBootId());
      if (locked.kind === 'ours') {
        release = locked.release;
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  });

  after(() => release());
}
