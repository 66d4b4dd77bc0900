import assert from 'node:assert/strict';
import type { OwnerState } from '../../../src/system/lockOwner';
import { claimIn, type Claimant, type Told, type ToldFor } from '../../../src/store/toldEntries';

const NOW = 1_000_000_000;
const TOLD_WINDOW_MS = 120_000;

const window = (windowId: string) => ({ windowId, pid: 7, bootId: 'b', machine: 'm', pidNamespace: 'n' });
const told = (agoMs: number, byAt?: number | null): Told => ({
  at: NOW - agoMs,
  ...window('other'),
  ...(byAt !== undefined && { byAt }),
});

interface Case {
  readonly was: Told;
  readonly toldFor?: ToldFor;
  readonly state?: OwnerState;
  readonly isSpeaker?: boolean;
  readonly becomes: 'ours' | 'theirs' | 'undecided';
}

describe('what counts as told', () => {
  const cases: Record<string, Case> = {
    lately: { was: told(119_000), becomes: 'theirs' },
    'a while ago': { was: told(121_000), becomes: 'ours' },
    'in the time that it counts': { was: told(5_000), toldFor: 6_000, becomes: 'theirs' },
    'before that': { was: told(7_000), toldFor: 6_000, becomes: 'ours' },
    'in the future: the clock was set back': { was: told(-60_000), becomes: 'ours' },
    'a moment ahead': { was: told(-1_000), becomes: 'theirs' },
    'by a window that goes on': { was: told(5_000), toldFor: 'whileOpen', becomes: 'theirs' },
    'by a window that went on': { was: told(16_000), toldFor: 'whileOpen', becomes: 'ours' },
    'by a window of which the speaker does not know whether it lives': {
      was: told(5_000),
      toldFor: 'whileOpen',
      isSpeaker: true,
      becomes: 'undecided',
    },
    'by a closed window, for the speaker': {
      was: told(5_000),
      toldFor: 'whileOpen',
      isSpeaker: true,
      state: 'dead',
      becomes: 'ours',
    },
    'with an end, and it began before': {
      was: told(1_000, NOW - 2_000),
      toldFor: { afterAt: NOW - 3_000, byAt: NOW },
      becomes: 'theirs',
    },
    'with an end, and it began later': {
      was: told(1_000, NOW - 2_000),
      toldFor: { afterAt: NOW - 2_000, byAt: NOW },
      becomes: 'ours',
    },
    'long ago by a window that lives, and goes on': {
      was: told(600_000, null),
      toldFor: { afterAt: NOW },
      state: 'lives',
      becomes: 'theirs',
    },
    'long ago by a window that was closed': {
      was: told(600_000, null),
      toldFor: { afterAt: NOW },
      state: 'dead',
      becomes: 'ours',
    },
    'long ago by a window that may live': {
      was: told(600_000, null),
      toldFor: { afterAt: NOW },
      becomes: 'undecided',
    },
    'lately by a window that may live': {
      was: told(60_000, null),
      toldFor: { afterAt: NOW },
      becomes: 'theirs',
    },
  };
  for (const [what, { was, toldFor, state, isSpeaker = false, becomes }] of Object.entries(cases)) {
    it(`${what}: ${becomes}`, () => {
      const by: Claimant = {
        window: window('mine'),
        isSpeaker,
        nowAt: NOW,
        bootedAt: 0,
        toldWindowMs: TOLD_WINDOW_MS,
        stateOf: () => state,
      };
      const claim = { key: 'k', ...(toldFor !== undefined && { toldFor }) };
      const { all, ours, undecided } = claimIn({ k: was }, [claim, { key: 'free' }], by);
      assert.deepEqual(ours, becomes === 'ours' ? ['k', 'free'] : ['free']);
      assert.equal(undecided.length, becomes === 'undecided' ? 1 : 0);
      assert.equal(all.k!.windowId, becomes === 'ours' ? 'mine' : 'other');
      assert.equal(all.free!.windowId, 'mine');
    });
  }
});
