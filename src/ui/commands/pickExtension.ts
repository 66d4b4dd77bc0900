import { UserError } from '../../base/errors';
import { extensionsFor, longestExtensionMs } from '../../health/extensions';
import type { SessionItem } from './sessionPurposes';
import { CANNOT, EXTEND } from './commandsText';
import { pickTimeout } from './pickTimeout';

/** By how much to extend; without a figure by the session's own step. */
export interface Extension {
  readonly byMs: number | undefined;
}

/** What a keybinding says: `{ byMs }` among its arguments. */
export function extensionOf(targets: readonly unknown[]): Extension | undefined {
  for (const target of targets) {
    const { byMs } = (target ?? {}) as { byMs?: unknown };
    if (typeof byMs === 'number' && byMs > 0) return { byMs };
  }
  return undefined;
}

/** Whether its daemon grants it anything more, as far as the daemon tells. */
export function isExtendable({ session }: SessionItem): boolean {
  return longestExtensionMs(session) !== 0;
}

/**
 * Asks by how much; `undefined` where there is nothing to extend, or the user went back.
 *
 * @throws an error fit to show where nothing more is granted
 */
export async function pickExtension(items: readonly SessionItem[]): Promise<Extension | undefined> {
  const [first] = items;
  if (!first) return undefined;
  const extendable = items.filter(isExtendable);
  const sessions = extendable.map(({ session }) => session);
  if (extendable.length === 0) {
    throw new UserError(
      CANNOT.extend(first.session.title, first.model.daemon.name, first.session.maxTotalMs),
    );
  }
  const offeredMs = extensionsFor(sessions);
  // Its daemon does not tell what it grants: its own step is right.
  if (offeredMs.length === 0) return { byMs: undefined };
  const longestMs = Math.max(...offeredMs);
  const byMs = await pickTimeout(EXTEND.question(sessions), offeredMs, (ms) =>
    ms === longestMs ? EXTEND.all(extendable[0]!.model.daemon.name) : undefined,
  );
  return byMs === undefined ? undefined : { byMs };
}
