import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import type { Target } from '../../../src/model/target';
import { entryOf, readTyped } from '../../../src/settings/typedDaemon';
import { readDaemons } from '../../../src/settings/daemonList';
import { typedProblemText } from '../../../src/ui/commands/addDaemonText';
import { daemon } from '../ui/support';

const progress = { time: 'at', redAfterMs: 60_000 };
const watched = readDaemons(
  [
    { name: 'ticker', files: ['~/ticker'] },
    { name: 'gate', preset: 'openclaw' },
    { name: 'proven', url: 'http://127.0.0.1:8081/health', progress },
    { name: 'home', command: ['~/bin/status', '--json'], progress },
  ],
  { configured: true, allowRemote: false },
).daemons;
const rules = { allowRemote: false, watched: [daemon('shop', 3457), ...watched], folder: '/home/me/shop' };

function targets(typed: string, given = rules as Parameters<typeof readTyped>[1]): readonly string[] {
  const read = readTyped(typed, given);
  return 'is' in read ? [read.is] : read.map(({ target }) => textOf(target));
}

function textOf(target: Target): string {
  if (target.kind === 'http') return target.origin;
  assert.ok(target.kind !== 'prometheus');
  return `${target.kind} ${JSON.stringify(target.kind === 'file' ? target.paths[0] : target.argv)}`;
}

describe('what somebody types for a daemon', () => {
  const TABLE: readonly (readonly [typed: string, readings: readonly string[]])[] = [
    ['3470', ['http://127.0.0.1:3470']],
    ['localhost:3470/health', ['http://localhost:3470/health']],
    ['http://127.0.0.1:8080/readyz?verbose', ['http://127.0.0.1:8080/readyz']],
    ['/var/lib/x/state.json', ['file "/var/lib/x/state.json"', 'command ["/var/lib/x/state.json"]']],
    ['~/.x/last_success', ['file "~/.x/last_success"', `command ["${homedir()}/.x/last_success"]`]],
    ['./state.json', ['file "/home/me/shop/state.json"', 'command ["/home/me/shop/state.json"]']],
    ['../x/state', ['file "/home/me/x/state"', 'command ["/home/me/x/state"]']],
    ['run/state', ['file "/home/me/shop/run/state"', 'command ["/home/me/shop/run/state"]']],
    ['status.json', ['file "/home/me/shop/status.json"', 'command ["status.json"]']],
    ['"/a b/state.json"', ['file "/a b/state.json"', 'command ["/a b/state.json"]']],
    ['/a\\ b/state', ['file "/a b/state"', 'command ["/a b/state"]']],
    ['/a b/state', ['command ["/a","b/state"]', 'file "/a b/state"']],
    [
      'C:\\Users\\me\\state.json',
      ['file "C:\\\\Users\\\\me\\\\state.json"', 'command ["C:\\\\Users\\\\me\\\\state.json"]'],
    ],
    ['mydaemon', ['command ["mydaemon"]', 'file "/home/me/shop/mydaemon"']],
    ['mydaemon status --json', ['command ["mydaemon","status","--json"]']],
    ["mydaemon 'a  b' \"c \\\" d\" ''", ['command ["mydaemon","a  b","c \\" d",""]']],
    [
      '~/bin/mydaemon --home ~/x',
      [`command ["${homedir()}/bin/mydaemon","--home","${homedir()}/x"]`, 'file "~/bin/mydaemon --home ~/x"'],
    ],
    ["sh -c 'cat a | tail -1'", ['command ["sh","-c","cat a | tail -1"]']],
    ['curl -s http://127.0.0.1:1/x?a=*', ['command ["curl","-s","http://127.0.0.1:1/x?a=*"]']],
    // What is copied with what stands around it, or with what nobody sees.
    ['"http://127.0.0.1:8080/x"', ['http://127.0.0.1:8080/x']],
    ["'127.0.0.1:8080/x',", ['http://127.0.0.1:8080/x']],
    ['`http://127.0.0.1:8080/x`', ['http://127.0.0.1:8080/x']],
    ['<http://127.0.0.1:8080/x>', ['http://127.0.0.1:8080/x']],
    ['(http://127.0.0.1:8080/x).', ['http://127.0.0.1:8080/x']],
    ['http://127.0.0.1:8080,', ['http://127.0.0.1:8080']],
    ['"url": "http://127.0.0.1:8080/x",', ['http://127.0.0.1:8080/x']],
    ['\u200bhttp://127.0.0.1:8080/x\u200b', ['http://127.0.0.1:8080/x']],
    ['"http://127.0.0.1:3457"', ['watched']],
    ['[::1]:8080', ['http://[::1]:8080']],
    [':8080/x', ['http://127.0.0.1:8080/x']],
    ['"3457"', ['command ["3457"]']],
    ['"./a:1"', ['file "/home/me/shop/a:1"']],
    // What is refused.
    ['http:/127.0.0.1:8080', ['http://127.0.0.1:8080']],
    ['"https://127.0.0.1:1"', ['noHttpUrl']],
    ['localhost', ['noPort']],
    ['127.0.0.1', ['noPort']],
    ['localhost/health', ['noPort']],
    ['127.0.0.1/health', ['noPort']],
    ['https://127.0.0.1:1', ['noHttpUrl']],
    ['3457 now', ['noHttpUrl']],
    ['3457', ['watched']],
    [`${homedir()}/ticker`, ['watched']],
    ['18789', ['watched']],
    ['localhost:18789/startupz', ['watched']],
    ['127.0.0.1:18789/health', ['http://127.0.0.1:18789/health']],
    ['127.0.0.1:8081/health/', ['watched']],
    ['127.0.0.1:8081/other', ['http://127.0.0.1:8081/other']],
    [`${homedir()}/bin/status --json`, ['watched']],
    ['~/bin/status --json', ['watched']],
    ['cat "a', ['openQuote']],
    ['cat a | tail', ['needsShell']],
    ['echo $HOME', ['needsShell']],
    ['a && b', ['needsShell']],
    ['a > b', ['needsShell']],
    ['//host/share/x', ['noPathHere']],
    ['/proc/1/environ', ['noPathHere']],
    ['~/../other/x', ['noPathHere']],
  ];
  for (const [typed, readings] of TABLE) {
    it(`is read: ${typed}`, () => assert.deepEqual(targets(typed).slice(0, readings.length), readings));
  }

  it('is no path below a folder where no folder is open', () => {
    const none = { allowRemote: false, watched: [] };
    assert.deepEqual(targets('run/state', none), ['noPathHere']);
    assert.deepEqual(targets('mydaemon', none), ['command ["mydaemon"]']);
  });

  for (const typed of ['cat "a', 'cat a | tail', '//host/share/x', 'localhost', '3457', 'https://x:1']) {
    it(`is refused in one sentence with what to do: ${typed}`, () => {
      const read = readTyped(typed, rules);
      assert.ok('is' in read);
      assert.match(typedProblemText(read), /^[“A-Z].+[.]$/);
    });
  }

  for (const typed of ['3470', 'http://127.0.0.1:8080/x?verbose', '~/x/y', 'mydaemon status']) {
    it(`is written as an entry that is read as the same daemon: ${typed}`, () => {
      const [read] = readTyped(typed, rules) as Exclude<ReturnType<typeof readTyped>, { is: string }>;
      const isAny = read!.target.kind !== 'http' || read!.asks?.query !== undefined;
      const progress = isAny ? { time: 'lastSuccessAt', redAfterMs: 60_000 } : undefined;
      const entry = entryOf(read!, { name: 'x', ...(progress && { progress }) });
      const { daemons, problems } = readDaemons([entry], { configured: true, allowRemote: false });
      assert.deepEqual(problems, []);
      assert.deepEqual(daemons[0]!.target, read!.target);
      assert.equal(daemons[0]!.asks?.query, read!.asks?.query);
    });
  }
});
