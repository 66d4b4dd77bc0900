import assert from 'node:assert/strict';
import { clockMinute } from '../../../../src/base/time';
import { restartedText } from '../../../../src/ui/notifications/instancesText';

const restarted = { kind: 'restart', isInferred: false, resumed: 0, interrupted: 0, lost: [] } as const;
// A message may come late, and stays: what it says must not grow old.
const SEEN = { wallAt: Date.parse('2026-03-02T08:00:00Z'), monotonicMs: 0, uptimeMs: 0 };
const NOW = { wallAt: SEEN.wallAt + 600_000, monotonicMs: 600_000, uptimeMs: 600_000 };
const AT = SEEN.wallAt - (2 * 3_600_000 + 5 * 60_000 + 59_000);
const UP_MS = 3 * 3_600_000 + 12 * 60_000;

describe('the text about a new life of a daemon', () => {
  const cases: [string, Parameters<typeof restartedText>[1]][] = [
    ['dispatchd restarted.', restarted],
    [
      'dispatchd restarted (was up 3 h 12 min); 2 sessions resumed, 1 interrupted.',
      { ...restarted, wasUpMs: UP_MS, resumed: 2, interrupted: 1 },
    ],
    [
      `dispatchd restarted at ${clockMinute(AT, NOW.wallAt)} (was up 3 h 12 min); 1 session resumed.`,
      { ...restarted, wasUpMs: UP_MS, agoMs: 2 * 3_600_000 + 5 * 60_000 + 59_000, resumed: 1 },
    ],
    ['dispatchd restarted.', { ...restarted, agoMs: 59_000 }],
    [
      'dispatchd restarted after a reboot (was up 3 h 12 min); 1 session interrupted.',
      { ...restarted, kind: 'reboot', wasUpMs: UP_MS, interrupted: 1 },
    ],
    [
      'dispatchd restarted (was up 42 s): 3rd restart in 5 min; 2 sessions interrupted.',
      { ...restarted, wasUpMs: 42_000, nth: 3, interrupted: 2 },
    ],
    ['dispatchd restarted: 22nd restart in 5 min.', { ...restarted, nth: 22 }],
    ['dispatchd restarted: 11th restart in 5 min.', { ...restarted, nth: 11 }],
    [
      'dispatchd seems to have restarted; 3 sessions interrupted.',
      { ...restarted, isInferred: true, interrupted: 3 },
    ],
  ];
  for (const [text, event] of cases)
    it(text, () => assert.equal(restartedText('dispatchd', event, SEEN, NOW), text));
});
