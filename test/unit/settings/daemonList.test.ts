import assert from 'node:assert/strict';
import { at, http } from '../../support/target';
import { readDaemons } from '../../../src/settings/daemonList';
import { listProblemText } from '../../../src/words/listProblemText';
import { isLoopback } from '../../../src/kinds/read/paths';

const LOCAL = { configured: true, allowRemote: false };

function one(entry: unknown, options = LOCAL) {
  const { daemons, problems } = readDaemons([entry], options);
  return { daemon: daemons[0], problem: problems[0] && listProblemText(problems[0]) };
}

const beat = (at: string) => ({ beat: at, redAfterMs: 60_000 });

describe('the daemons setting', () => {
  it('is read, with defaults for what it leaves out', () => {
    const { daemons, problems } = readDaemons([{ url: 'http://localhost:3457/', kind: 'smithy' }], LOCAL);
    assert.deepEqual(problems, []);
    assert.deepEqual(daemons, [
      {
        name: 'smithy',
        ...at('http://localhost:3457'),
        kind: 'smithy',
        pollIntervalMs: 5_000,
        configured: true,
      },
    ]);
  });

  it('takes one origin once, however it is written; the first wins', () => {
    const urls = ['http://localhost:3457', 'http://LOCALHOST:3457/', 'http://127.0.0.1:3457//'];
    const { daemons } = readDaemons(
      urls.map((url, index) => ({ name: `n${index}`, url })),
      LOCAL,
    );
    assert.deepEqual(
      daemons.map(({ name, target }) => [name, target]),
      [['n0', http('http://localhost:3457')]],
    );
  });

  it('keeps the path below which a daemon is asked, and tells daemons apart by it', () => {
    const urls = ['http://localhost:8443/daemon/', 'http://127.0.0.1:8443/daemon', 'http://localhost:8443'];
    const { daemons, problems } = readDaemons(
      urls.map((url) => ({ url })),
      LOCAL,
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(
      daemons.map(({ id, target }) => [id, target]),
      ['http://localhost:8443/daemon', 'http://localhost:8443'].map((url) => [url, http(url)]),
    );
  });

  const METRICS = { url: 'http://127.0.0.1:8080/metrics', kind: 'generic' };
  const AGE = { age: 'idle_seconds', redAfterMs: 60_000 };
  const apart: [what: string, one: object, other: object, watched: number][] = [
    ['another query', METRICS, { ...METRICS, url: `${METRICS.url}?queue=mail` }, 2],
    ['another proof', { ...METRICS, progress: AGE }, { ...METRICS, progress: { ...AGE, age: 'b' } }, 2],
    [
      'another kind of proof',
      { ...METRICS, progress: AGE },
      { ...METRICS, progress: beat('idle_seconds') },
      2,
    ],
    ['a proof besides', METRICS, { ...METRICS, progress: AGE }, 2],
    [
      'another limit',
      { ...METRICS, progress: AGE },
      { ...METRICS, progress: { ...AGE, redAfterMs: 5_000 } },
      1,
    ],
    ['other statuses', METRICS, { ...METRICS, expect: [204] }, 1],
    ['another proof in a file', { files: ['/a'], progress: AGE }, { files: ['/a'], progress: beat('n') }, 2],
    [
      'another proof at another name of this machine',
      { ...METRICS, progress: AGE },
      { ...METRICS, url: 'http://localhost:8080/metrics', progress: beat('n') },
      2,
    ],
    [
      'another name of this machine',
      { ...METRICS, progress: AGE },
      { ...METRICS, url: 'http://localhost:8080/metrics', progress: AGE },
      1,
    ],
  ];
  for (const [what, one, other, watched] of apart) {
    it(`tells daemons of any make apart by what is asked of them: ${what}`, () => {
      const { daemons, problems } = readDaemons([one, other], LOCAL);
      assert.deepEqual(problems, []);
      assert.equal(daemons.length, watched);
      assert.equal(new Set(daemons.map(({ id }) => id)).size, watched, 'an id for each');
      for (const { id } of daemons) assert.ok(!id.includes('#'), 'ids of rows go on with a #');
    });
  }

  for (const url of [
    'http://user:secret@localhost:3457',
    'http://:secret@localhost:3457/x',
    'https://user:secret@localhost:3457',
    'user:secret@localhost:3457',
    '//user:secret@localhost:3457',
  ]) {
    it(`refuses ${url}, and shows no password`, () => {
      const { daemon, problem } = one({ url });
      assert.equal(daemon, undefined);
      assert.match(problem ?? '', /^daemonHealth\.daemons\[0\] has a "url"/);
      assert.doesNotMatch(problem ?? '', /secret/);
    });
  }

  const ADDRESSES: readonly [first: string, second: string, watched: number][] = [
    ['http://localhost:3457', 'http://127.0.0.1:3457', 1],
    ['http://127.0.0.1:3457', 'http://localhost:3457', 1],
    ['http://[::1]:3457', 'http://localhost:3457', 1],
    ['http://127.0.0.1:3457', 'http://[::1]:3457', 2],
    ['http://localhost:3457', 'http://127.0.0.1:3458', 2],
    ['http://localhost:3457', 'http://127.0.0.2:3457', 2],
  ];
  for (const [first, second, watched] of ADDRESSES) {
    it(`takes ${first} and ${second} as ${watched === 1 ? 'one daemon' : 'two daemons'}`, () => {
      const entries = [first, second].map((url, index) => ({ name: `n${index}`, url }));
      const { daemons } = readDaemons(entries, LOCAL);
      assert.equal(daemons.length, watched);
      assert.equal(daemons[0]?.name, 'n0');
    });
  }

  describe('says what is wrong with an entry', () => {
    const rows: readonly [entry: unknown, problem: RegExp][] = [
      [null, /should be an object/],
      ['http://localhost:3457', /should be an object/],
      [{}, /needs a "url"/],
      [{ url: 5 }, /needs a "url"/],
      [{ url: 'localhost:3457' }, /not an http address/],
      [{ url: 'https://localhost:3457' }, /not an http address/],
      [{ url: 'file:///etc/passwd' }, /not an http address/],
      [{ url: '' }, /not an http address/],
      [{ url: 'http://user@localhost:1' }, /a user name or a password/],
      [{ url: 'http://localhost:1/x?y' }, /with a "\?" or a "#"; .*"\?".* kind generic/],
      [{ url: 'http://localhost:1/#y' }, /with a "\?" or a "#"/],
      [{ url: 'http://example.com' }, /not on this machine \(example.com\).*allowRemote/],
      [{ url: 'http://127.0.0.1.example.com' }, /not on this machine/],
      [{ url: 'http://192.0.2.1:3457' }, /not on this machine/],
      [{ url: 'http://localhost:1', kind: 'toaster' }, /unknown "kind".*smithy, dispatchd, ductor/],
      [{ url: 'http://localhost:1', restart: 'sf serve' }, /\.restart is not an object/],
      [{ url: 'http://localhost:1', restart: {} }, /\.restart\.command is not a program/],
      [{ url: 'http://localhost:1', restart: { command: ' ' } }, /\.restart\.command is not a program/],
      [{ url: 'http://localhost:1', restart: { command: 'x', args: 'y' } }, /restart.args/],
      [{ url: 'http://localhost:1', restart: { command: 'x', args: [1] } }, /restart.args/],
      [{ url: 'http://localhost:1', restart: { command: 'x', cwd: 1 } }, /restart.cwd/],
      [{ url: 'http://localhost:1', restart: { command: 'x', env: 'A=b' } }, /restart.env/],
      [{ url: 'http://localhost:1', restart: { command: 'x', env: null } }, /restart.env/],
      [{ url: 'http://localhost:1', restart: { command: 'x', env: ['a'] } }, /restart.env/],
      [{ url: 'http://localhost:1', restart: { command: 'x', env: { A: 1 } } }, /restart.env/],
    ];
    for (const [entry, problem] of rows) {
      it(JSON.stringify(entry), () => {
        const read = one(entry);
        assert.equal(read.daemon, undefined);
        assert.match(read.problem ?? '', problem);
        assert.match(read.problem ?? '', /^daemonHealth\.daemons\[0\][ .]/);
      });
    }

    it('that it is no list', () => {
      for (const raw of [undefined, null, {}, 'x', 5]) {
        assert.deepEqual(readDaemons(raw, LOCAL).daemons, []);
        assert.equal(readDaemons(raw, LOCAL).problems.length, 1);
      }
    });

    it('and goes on with the others', () => {
      const { daemons, problems } = readDaemons([{}, { url: 'http://[::1]:3457' }], LOCAL);
      assert.equal(problems.length, 1);
      assert.deepEqual(daemons[0]?.target, http('http://[::1]:3457'));
    });
  });

  describe('names a daemon', () => {
    const rows: readonly [entry: object, name: string][] = [
      [{ name: ' my  smithy\n' }, 'my smithy'],
      [{ name: '' }, 'localhost:3457'],
      [{ name: '\u202e\u0007' }, 'localhost:3457'],
      [{ name: 5 }, 'localhost:3457'],
      [{ kind: 'dispatchd' }, 'dispatchd'],
      [{ name: 'x'.repeat(1_000) }, `${'x'.repeat(59)}…`],
    ];
    for (const [entry, name] of rows) {
      it(JSON.stringify(entry).slice(0, 60), () =>
        assert.equal(one({ url: 'http://localhost:3457', ...entry }).daemon?.name, name),
      );
    }
  });

  describe('keeps the interval between one second and five minutes', () => {
    const rows: readonly [value: unknown, intervalMs: number][] = [
      [undefined, 5_000],
      ['5', 5_000],
      [Number.NaN, 5_000],
      [-1, 1_000],
      [0, 1_000],
      [1_500, 1_500],
      [1e12, 300_000],
    ];
    for (const [pollIntervalMs, intervalMs] of rows) {
      it(`${String(pollIntervalMs)} is ${intervalMs}`, () =>
        assert.equal(
          one({ url: 'http://localhost:3457', pollIntervalMs }).daemon?.pollIntervalMs,
          intervalMs,
        ));
    }
  });

  it('watches other machines only where that is allowed', () => {
    const { daemon } = one({ url: 'http://build-box:3457' }, { configured: true, allowRemote: true });
    assert.deepEqual(daemon?.target, http('http://build-box:3457'));
  });

  it('keeps a restart command as it is', () => {
    const restart = { command: 'sf', args: ['serve', 'smithy'], cwd: '/w', env: { A: 'b' } };
    assert.deepEqual(one({ url: 'http://localhost:3457', restart }).daemon?.restart, restart);
  });
});

describe('this machine', () => {
  for (const host of [
    'localhost',
    'LocalHost',
    '127.0.0.1',
    '127.1.2.3',
    '::1',
    '[::1]',
    '::ffff:127.0.0.1',
    '[::ffff:7f00:1]',
    'app.localhost',
    'a.b.LOCALHOST',
  ]) {
    it(`is ${host}`, () => assert.equal(isLoopback(host), true));
  }
  for (const host of [
    '',
    '128.0.0.1',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    'evillocalhost',
    '.localhost.example',
    '::',
    '0.0.0.0',
    '[fe80::1]',
  ]) {
    it(`is not ${host || 'nothing'}`, () => assert.equal(isLoopback(host), false));
  }
});

describe('an address of this very machine', () => {
  for (const [url, origin] of [
    ['http://0.0.0.0:3457', 'http://127.0.0.1:3457'],
    ['http://[::]:3457', 'http://[::1]:3457'],
    ['http://localhost.:3457', 'http://localhost:3457'],
    ['http://app.localhost:3457', 'http://app.localhost:3457'],
  ] as const) {
    it(`is watched as such: ${url}`, () => {
      const { daemon, problem } = one({ url });
      assert.deepEqual([daemon?.target, problem], [http(origin), undefined]);
    });
  }
});

describe('a list of very many daemons', () => {
  it('is watched up to a hundred, and says so', () => {
    const list = Array.from({ length: 5_000 }, (_, index) => ({ url: `http://127.0.0.1:${index + 1_000}` }));
    const { daemons, problems } = readDaemons(list, LOCAL);
    assert.equal(daemons.length, 100);
    assert.deepEqual(problems.map(listProblemText), [
      'daemonHealth.daemons has 5000 entries: only the first 100 are watched.',
    ]);
  });
});
