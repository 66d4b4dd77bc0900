import type { KindId } from '../health/report';
import { dispatchd } from './dispatchd/kind';
import { DISPATCHD_URL } from './dispatchd/policy';
import { ductor } from './ductor/kind';
import { generic } from './generic/kind';
import type { Kind } from './kind';
import { smithy } from './smithy/kind';

/** All kinds of daemons, in the order in which an unknown one is compared with them. */
export const KINDS: readonly Kind[] = [smithy, dispatchd, ductor, generic];

/** The bundled daemon, as an entry of the user's list. */
export const BUNDLED = { name: dispatchd.id, url: DISPATCHD_URL, kind: dispatchd.id };

/** The kind of this name. */
export function kindOf(id: KindId | undefined, kinds: readonly Kind[] = KINDS): Kind | undefined {
  return kinds.find((kind) => kind.id === id);
}
