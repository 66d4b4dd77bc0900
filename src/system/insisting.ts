import { setTimeout as delay } from 'node:timers/promises';
import { RETRY_DELAYS_MS } from './policy';

/**
 * On Windows whoever looks at a file, a virus scanner above all, keeps it from being replaced for some moments.
 * @throws what the last attempt threw
 */
export async function insisting<T>(
  replace: () => Promise<T>,
  platform: NodeJS.Platform = process.platform,
): Promise<T> {
  for (const delayMs of platform === 'win32' ? RETRY_DELAYS_MS : []) {
    try {
      return await replace();
    } catch (error) {
      if (!['EPERM', 'EACCES', 'EBUSY'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
      await delay(delayMs);
    }
  }
  return replace();
}
