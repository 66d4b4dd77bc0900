import assert from 'node:assert/strict';
import { compareBoots, isOtherBoot, readBootId, type BootSources } from '../../../src/system/bootId';
import { notRun } from '../../support/notRun';

const UUID = '3f2b1c4d-0000-4000-8000-1234567890ab';

function sources(overrides: Partial<BootSources>): BootSources {
  const fail = () => Promise.reject(new Error('not here'));
  return {
    platform: 'linux',
    readText: fail,
    run: fail,
    readLink: fail,
    hostName: () => 'a',
    wallMs: () => 1_700_000_000_000,
    uptimeMs: () => 5_000,
    ...overrides,
  };
}
const says = (text: string) => () => Promise.resolve(text);

describe('dispatchd boot id', () => {
  for (const [title, from, expected] of [
    ['Linux', { platform: 'linux', readText: says(`${UUID}\n`) }, UUID],
    ['Linux without /proc', { platform: 'linux' }, 'unknown'],
    ['Linux with an empty file', { platform: 'linux', readText: says('') }, 'unknown'],
    ['macOS', { platform: 'darwin', run: says(`${UUID.toUpperCase()}\n`) }, UUID],
    ['macOS without sysctl', { platform: 'darwin' }, 'unknown'],
    [
      'Windows',
      { platform: 'win32', run: says('HKEY…\r\n    BootId    REG_DWORD    0x2f\r\n\r\n') },
      'count:47',
    ],
    ['Windows without the counter', { platform: 'win32' }, 'time:1699999995000'],
    ['Windows with another answer', { platform: 'win32', run: says('ERROR') }, 'time:1699999995000'],
    ['a system we do not know', { platform: 'freebsd' }, 'unknown'],
  ] as [string, Partial<BootSources>, string][]) {
    it(`${title}: ${expected}`, async () => assert.equal(await readBootId(sources(from)), expected));
  }

  for (const [a, b, expected] of [
    [UUID, UUID, 'same'],
    [UUID, UUID.replace('3', '4'), 'different'],
    ['unknown', UUID, 'unknown'],
    [UUID, 'unknown', 'unknown'],
    ['unknown', 'unknown', 'unknown'],
    ['count:47', 'count:47', 'same'],
    ['count:47', 'count:48', 'different'],
    ['count:47', 'time:1700000000000', 'unknown'],
    ['time:1700000000000', 'time:1700000000999', 'same'],
    ['time:1700000000000', 'time:1700000060000', 'same'],
    ['time:1700000000000', 'time:1700000121000', 'different'],
  ] as const) {
    it(`${a} and ${b}: ${expected}`, () => assert.equal(compareBoots(a, b), expected));
  }

  it('on Windows does not jitter over many readings of one boot', async () => {
    const first = await readBootId(sources({ platform: 'win32' }));
    for (let i = 0; i < 1_000; i++) {
      // The uptime is counted in ticks of 15.6 ms, and read at another moment than the clock.
      const uptimeMs = () => 5_000 + i * 60_000 - (i % 16);
      const wallMs = () => 1_700_000_000_000 + i * 60_000 + (i % 7);
      assert.equal(
        compareBoots(first, await readBootId(sources({ platform: 'win32', uptimeMs, wallMs }))),
        'same',
      );
    }
  });

  for (const [a, b, expected] of [
    [UUID, UUID, false],
    [UUID, UUID.replace('3', '4'), true],
    ['count:47', 'count:48', true],
    // A clock that was set by an hour, while the machine was on.
    ['time:1700000000000', 'time:1700003600000', false],
    [UUID, 'unknown', false],
  ] as const) {
    it(`processes of ${a} are ${expected ? 'certainly gone' : 'looked at'} in ${b}`, () =>
      assert.equal(isOtherBoot(a, b), expected));
  }

  it('is found on this machine', async function () {
    if (!['linux', 'darwin', 'win32'].includes(process.platform)) {
      notRun(this, `nothing tells the boot of ${process.platform}`);
    }
    assert.notEqual(await readBootId(), 'unknown');
  });
});
