import { at } from '../../support/target';
import assert from 'node:assert/strict';
import type { DaemonModel } from '../../../src/model/daemonModel';
import type { NotToEnd } from '../../../src/model/restartRefusal';
import { ownersOf } from '../../../src/restart/plan';
import { isForwarder, whyNotHere, whyNotToEnd } from '../../../src/restart/refusals';
import { choose } from '../../../src/system/holders';
import { unknownProcess, type ProcessInfo } from '../../../src/system/processInfo';
import { Watch, goodReport } from '../health/support';

const OWNER: ProcessInfo = {
  pid: 4711,
  name: 'node',
  commandLine: 'node sf serve smithy',
  isOurs: true,
  startedAtMs: 0,
};
const OTHER: ProcessInfo = { ...OWNER, pid: 5000, commandLine: 'node vite' };

function modelOf(watch: Watch, origin = 'http://127.0.0.1:3457'): DaemonModel {
  const daemon = {
    name: 'smithy',
    ...at(origin),
    pollIntervalMs: 5_000,
    configured: true,
  };
  return { daemon, track: watch.track };
}

/** The code, with the program or the processes that it names. */
function inShort(refusal: NotToEnd | undefined): string | undefined {
  if (!refusal) return undefined;
  const { is } = refusal;
  if (is === 'sharedSocket') return [is, ...refusal.named.map(({ pid }) => pid)].join(' ');
  if (is === 'twoHolders') return [is, refusal.process.pid, refusal.other.pid].join(' ');
  return 'program' in refusal ? `${is} ${refusal.program}` : is;
}

const healthy = () => modelOf(Watch.healthy());

/** Answers as the process 4711 itself. */
function known(): DaemonModel {
  const watch = new Watch();
  return modelOf(watch.answer(goodReport(watch.time, { instance: { id: 'a', pid: 4711 } })) && watch);
}

/** A daemon that answered once, and in whose place something else answers now. */
function usurped(): DaemonModel {
  const watch = Watch.healthy();
  watch.wait(5_000).fail('wrongAnswer');
  return modelOf(watch);
}

/** It answers with errors, from the first to the third. @param isKnown another route shows that it is a daemon */
function failing(times: number, isKnown: boolean, watch = Watch.healthy()): DaemonModel {
  watch.repeat(times, 5_000, () => watch.fail('errors', { isKnown }));
  return modelOf(watch);
}

const LATE = { ...OWNER, startedAtMs: Watch.healthy().time.wallAt + 60_000 };

describe('the holder of a daemon’s port', () => {
  const cases: [string, DaemonModel, ProcessInfo[], string | undefined][] = [
    ['is ended when it is a process of the user', healthy(), [OWNER], undefined],
    ['is left when it is another user’s', healthy(), [{ ...OWNER, isOurs: false }], 'otherUsers'],
    [
      'is not named when it ended while it was looked at',
      healthy(),
      [unknownProcess(4711)],
      'listenerUnnamed',
    ],
    ['is left when this editor runs in it', healthy(), [{ ...OWNER, pid: 42 }], 'runsEditor'],
    [
      'is left when it is in a container that shares our network',
      healthy(),
      [{ ...OWNER, inContainer: true }],
      'inContainer',
    ],
    [
      'is left when it only passes connections on',
      healthy(),
      [{ ...OWNER, name: 'docker-proxy', commandLine: '/usr/bin/docker-proxy -host-port 3457' }],
      'passesOn docker-proxy',
    ],
    [
      'is ended when it is the bundled daemon in the runtime of an editor',
      known(),
      [{ ...OWNER, name: 'code', runsBundled: true }],
      undefined,
    ],
    [
      'is left when it only passes connections on, though its far end gives its number',
      known(),
      [{ ...OWNER, name: 'socat' }],
      'passesOn socat',
    ],
    [
      'is left when it is an editor, though its far end gives its number',
      known(),
      [{ ...OWNER, name: 'code' }],
      'passesOn code',
    ],
    [
      'is left when it passes connections on by another of its names',
      healthy(),
      [{ ...OWNER, name: 'busybox', otherNames: ['nc'] }],
      'passesOn nc',
    ],
    [
      'is left when it only passes connections on, though it would run the bundled daemon',
      known(),
      [{ ...OWNER, name: 'ssh', runsBundled: true }],
      'passesOn ssh',
    ],
    [
      'is left when it is a service manager, whatever it says',
      known(),
      [{ ...OWNER, name: 'systemd' }],
      'endsServices systemd',
    ],
    ['is left when it is the first process of all', healthy(), [{ ...OWNER, pid: 1 }], 'endsServices node'],
    [
      'is left when it shares its socket and does not say who it is',
      healthy(),
      [OWNER, OTHER].map((each) => ({ ...each, sharesSocket: true })),
      'sharedSocket 4711 5000',
    ],
    ['is left when it may be one of two', healthy(), [OWNER, OTHER], 'twoHolders 4711 5000'],
    ['is ended when it is the one of two that the daemon says it is', known(), [OWNER, OTHER], undefined],
    [
      'is left when it never answered as a daemon',
      modelOf(
        (() => {
          const watch = new Watch();
          watch.fail('wrongAnswer');
          return watch;
        })(),
      ),
      [OWNER],
      'noDaemon',
    ],
    ['is ended, after a look, when it may be the daemon gone wrong', usurped(), [OWNER], undefined],
    [
      'is left when the system does not tell whether it was there when the daemon last answered',
      usurped(),
      [{ pid: OWNER.pid, name: 'node', commandLine: 'node x', isOurs: true }],
      'noDaemon',
    ],
    [
      'is left when it began after the daemon last answered',
      usurped(),
      [{ ...OWNER, startedAtMs: usurped().track.last!.at.wallAt + 60_000 }],
      'noDaemon',
    ],
    ...[1, 3].flatMap((times): typeof cases => [
      [
        `is ended when it answers ${times} errors, and a route shows that it is a daemon`,
        failing(times, true),
        [LATE],
        undefined,
      ],
      [
        `is ended when it answers ${times} errors, and was there when the daemon last answered`,
        failing(times, false),
        [OWNER],
        undefined,
      ],
      [
        `is left when it answers ${times} errors, and began after the daemon last answered`,
        failing(times, false),
        [LATE],
        'noDaemon',
      ],
    ]),
    [
      'is ended when it answers errors, and was there when the daemon answered an earlier window',
      failing(3, false, new Watch({ seenUpAt: 0 })),
      [OWNER],
      undefined,
    ],
    [
      'is left when it answers errors and never answered as a daemon',
      failing(3, false, new Watch()),
      [OWNER],
      'noDaemon',
    ],
  ];
  for (const [what, model, owners, expected] of cases) {
    it(what, () => {
      assert.equal(inShort(whyNotToEnd(model, owners, [42])), expected);
    });
  }

  for (const name of [
    'docker-proxy',
    'ssh',
    'code-tunnel',
    'Code Helper (Plugin)',
    'com.docker.backend',
    'wslrelay',
    ...[
      'nc',
      'ncat',
      'stunnel',
      'stunnel4',
      'rinetd',
      'podman',
      'conmon',
      'devtunnel',
      'tsh',
      'gost',
      'dropbear',
    ],
    ...['plink', 'OrbStack Helper', 'session-manager-plugin', 'host-switch'],
  ]) {
    it(`only passes connections on when it is ${name}`, () => assert.equal(isForwarder(name), true));
  }
  for (const name of ['node', 'sf', 'dispatchd', 'python3', 'ssh-agent-of-mine', '']) {
    it(`may be a daemon when it is ${name || 'not known'}`, () => assert.equal(isForwarder(name), false));
  }
});

describe('a daemon of another machine', () => {
  it('is neither started nor stopped here', () => {
    const model = modelOf(Watch.healthy(), 'http://192.168.1.5:3457');
    assert.deepEqual(whyNotHere(model), { is: 'elsewhere', daemon: 'smithy', host: '192.168.1.5' });
  });
  for (const host of ['127.0.0.1', 'localhost', '[::1]', '127.0.0.2']) {
    it(`is not one at ${host}`, () => {
      assert.equal(whyNotHere(modelOf(Watch.healthy(), `http://${host}:3457`)), undefined);
    });
  }
});

describe('a fleet', () => {
  it('is neither started nor stopped here: its Prometheus is none of its daemons', async () => {
    const { daemon, track } = modelOf(Watch.healthy());
    const target = { kind: 'prometheus', origin: 'http://127.0.0.1:9090', query: 'x' } as const;
    const model = { daemon: { ...daemon, target }, track };
    assert.deepEqual(whyNotHere(model), { is: 'isFleet', daemon: 'smithy' });
    assert.deepEqual(await ownersOf(model), []);
  });
});

describe('of several holders of a socket', () => {
  const holder = (pid: number, name = 'node', ancestors: number[] = [1]): ProcessInfo => ({
    ...OWNER,
    pid,
    name,
    ancestors,
  });
  const cases: [string, ProcessInfo[], number | undefined, number[]][] = [
    ['the only one is it', [holder(7)], undefined, [7]],
    ['the one that the daemon names is it', [holder(7), holder(8, 'node', [7, 1])], 8, [8]],
    ['no service manager is it', [holder(7, 'systemd'), holder(8, 'node', [7, 1])], undefined, [8]],
    ['no service manager is it, though the daemon names it', [holder(1), holder(8)], 1, [8]],
    [
      'no God of PM2 is it',
      [{ ...holder(7), otherNames: ['PM2 v5.3.0: God Daemon'] }, holder(8)],
      undefined,
      [8],
    ],
    ['a service manager that is alone is named', [holder(7, 'launchd')], undefined, [7]],
    [
      'the ancestor of all others is it',
      [holder(9, 'node', [8, 7, 1]), holder(7), holder(8, 'node', [7])],
      undefined,
      [7],
    ],
    [
      'none is it where they are siblings',
      [holder(8, 'node', [7, 1]), holder(9, 'node', [7, 1])],
      undefined,
      [8, 9],
    ],
    ['none is it where another one is named', [holder(8), holder(9)], 7, [8, 9]],
  ];
  for (const [what, holders, named, expected] of cases) {
    it(what, () => {
      const chosen = choose(holders, named);
      assert.deepEqual(
        chosen.map(({ pid }) => pid),
        expected,
      );
      assert.equal(chosen[0]?.sharesSocket ?? false, expected.length > 1);
    });
  }
});
