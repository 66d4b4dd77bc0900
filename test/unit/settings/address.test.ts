import assert from 'node:assert/strict';
import { readAddress } from '../../../src/settings/address';
import { typedProblemText } from '../../../src/ui/commands/addDaemonText';
import { placeOf } from '../../../src/kinds/target';
import { daemon } from '../ui/support';

const rules = { allowRemote: false, watched: [daemon('shop', 3457)] };

describe('an address that somebody types', () => {
  for (const [typed, origin] of [
    ['3470', 'http://127.0.0.1:3470'],
    [':3470', 'http://127.0.0.1:3470'],
    [' 127.0.0.1:3470 ', 'http://127.0.0.1:3470'],
    ['localhost:3470', 'http://localhost:3470'],
    ['0.0.0.0:3470', 'http://127.0.0.1:3470'],
    ['[::1]:3470', 'http://[::1]:3470'],
    ['http://127.0.0.1:3470/', 'http://127.0.0.1:3470'],
    ['127.0.0.1:3470/proxied/', 'http://127.0.0.1:3470/proxied'],
    ['http://localhost', 'http://localhost'],
    ['127.0.0.1:3470?x=1', 'http://127.0.0.1:3470'],
  ] as const) {
    it(`is read: ${typed}`, () => {
      const read = readAddress(typed, rules);
      assert.ok(!('is' in read), JSON.stringify(read));
      assert.equal(placeOf(read.target), origin);
    });
  }

  for (const [typed, says] of [
    ['soon', /^“soon” is no address\. Try 3457, 127\.0\.0\.1:3457 or http/],
    ['3457 now', /^“3457 now” is no address/],
    ['99999', /^“99999” is no address|no address/],
    ['localhost', /^The port is missing/],
    ['127.0.0.1', /^The port is missing/],
    ['https://127.0.0.1:3470', /^A daemon is asked over http, not https\.$/],
    ['ftp://127.0.0.1:3470', /is no address/],
    ['http://me:secret@127.0.0.1:3470', /^No daemon is sent a user name or a password\./],
    ['http://127.0.0.1:3470/#a', /^A daemon is asked below a path alone\./],
    ['example.org:3470', /^example\.org is not this machine\. Set daemonHealth\.allowRemote/],
    ['3457', /^This daemon is watched already, as “shop”\.$/],
    ['localhost:3457', /^This daemon is watched already, as “shop”\.$/],
    ['http://127.0.0.1:3457/', /^This daemon is watched already, as “shop”\.$/],
  ] as const) {
    it(`is refused with a sentence: ${typed}`, () => {
      const read = readAddress(typed, rules);
      assert.ok('is' in read, JSON.stringify(read));
      const text = typedProblemText(read);
      assert.match(text, says);
      assert.doesNotMatch(text, /secret/);
    });
  }

  it('may be one of another machine where the user allows that', () => {
    const read = readAddress('example.org:3470', { ...rules, allowRemote: true });
    assert.ok(!('is' in read));
    assert.equal(placeOf(read.target), 'http://example.org:3470');
  });
});
