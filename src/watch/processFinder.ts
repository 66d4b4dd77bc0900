import { fateOf, identityIn, type Fate } from '../system/identity';
import type { ProcessIdentity } from '../system/processInfo';
import { findListener } from '../system/processTable';

/** How processes are found and looked at. This file is a chunk of its own, loaded once such a daemon answers. */
export interface ProcessFinder {
  readonly ownerOf: (port: number) => Promise<ProcessIdentity | undefined>;
  readonly fateOf: (identity: ProcessIdentity) => Promise<Fate>;
}

export const systemFinder: ProcessFinder = {
  ownerOf: async (port) => {
    const owner = await findListener(port);
    return owner && identityIn(owner);
  },
  fateOf: (identity) => fateOf(identity),
};
