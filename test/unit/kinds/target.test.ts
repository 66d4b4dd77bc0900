import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { addressOf, isHere, placeOf } from '../../../src/kinds/target';
import { wholePlaceOf, type Target } from '../../../src/model/target';
import { reasonText } from '../../../src/words/reasons';
import { daemonIdOf } from '../../../src/settings/daemonList';
import { toSnapshot } from '../../../src/api';
import { modelOf } from '../ui/support';
import { Watch } from '../health/support';
import { http } from '../../support/target';

const file = (...paths: readonly string[]): Target => ({ kind: 'file', paths });
const command = (...argv: readonly string[]): Target => ({ kind: 'command', argv });

describe('the address of a target', () => {
  const addresses: [origin: string, hostname: string, port: number, isLoopback: boolean][] = [
    ['http://127.0.0.1:3457', '127.0.0.1', 3457, true],
    ['http://localhost:3457', 'localhost', 3457, true],
    ['http://[::1]:3457', '[::1]', 3457, true],
    ['http://127.0.0.1', '127.0.0.1', 80, true],
    ['http://localhost:8443/daemon', 'localhost', 8443, true],
    ['http://build-box:3457', 'build-box', 3457, false],
    ['http://build-box', 'build-box', 80, false],
  ];
  for (const [origin, hostname, port, isLoopback] of addresses) {
    it(`${origin} is ${isLoopback ? 'here' : 'elsewhere'}, on port ${port}`, () => {
      const path = origin.endsWith('/daemon') ? '/daemon' : '';
      assert.deepEqual(addressOf(http(origin)), { origin, hostname, port, path, isLoopback });
      assert.equal(isHere(http(origin)), isLoopback);
      assert.equal(placeOf(http(origin)), origin);
      assert.equal(wholePlaceOf(http(origin)), origin);
      assert.equal(daemonIdOf(http(origin)), origin);
    });
  }
});

describe('a target without an address', () => {
  const long = 'x'.repeat(400);
  const places: [what: string, target: Target, place: string, whole: string][] = [
    ['a file', file('/run/x/state.json'), '/run/x/state.json', '/run/x/state.json'],
    ['files', file('/a', '/b'), '/a', '/a'],
    ['a file of the home folder', file(join(homedir(), 'x')), join('~', 'x'), join(homedir(), 'x')],
    ['no file', file(), '', ''],
    ['a command', command('x', 'status', '--json'), 'x status --json', 'x status --json'],
    ['a long command', command(long), `${'x'.repeat(79)}…`, `${'x'.repeat(299)}…`],
    ['a command of many lines', command('a\nb\u202ec'), 'a b c', 'a b c'],
  ];
  for (const [what, target, place, whole] of places) {
    it(`is here, and shows where: ${what}`, () => {
      assert.equal(addressOf(target), undefined);
      assert.equal(isHere(target), true);
      assert.equal(placeOf(target), place);
      assert.equal(wholePlaceOf(target), whole);
    });
  }

  const ids: [Target, string][] = [
    [file('/a'), 'file:["/a"]'],
    [file('/a', '/b'), 'file:["/a","/b"]'],
    [file('/a","/b'), 'file:["/a\\",\\"/b"]'],
    [file('/a#b'), 'file:["/a%23b"]'],
    [file('/a%23b'), 'file:["/a%2523b"]'],
    [command('/a'), 'command:["/a"]'],
    [file('http://127.0.0.1:80'), 'file:["http://127.0.0.1:80"]'],
  ];
  for (const [target, id] of ids) it(`has the id ${id}`, () => assert.equal(daemonIdOf(target), id));

  it('is what other extensions get in place of a URL', () => {
    const snapshot = toSnapshot(modelOf(Watch.healthy()), placeOf(command('x', 'status')), reasonText);
    assert.equal(snapshot.url, 'x status');
    assert.equal(snapshot.reason, 'the poll loop completes cycles');
  });
});
