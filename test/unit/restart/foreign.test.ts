import assert from 'node:assert/strict';
import type { DaemonModel } from '../../../src/daemons/fleet';
import { isForwarder, whyNotHere, whyNotToEnd } from '../../../src/restart/foreign';
import type { ProcessInfo } from '../../../src/restart/processInfo';
import { Watch, goodReport } from '../health/support';

const OWNER: ProcessInfo = { pid: 4711, name: 'node', commandLine: 'node sf serve smithy', isOurs: true };
const OTHER: ProcessInfo = { ...OWNER, pid: 5000, commandLine: 'node vite' };

function modelOf(watch: Watch, origin = 'http://127.0.0.1:3457'): DaemonModel {
  const daemon = { name: 'smithy', origin, port: 3457, pollIntervalMs: 5_000, configured: true };
  return { daemon, track: watch.track };
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

describe('the holder of a daemon’s port', () => {
  const cases: [string, DaemonModel, ProcessInfo[], RegExp | undefined][] = [
    ['is ended when it is a process of the user', healthy(), [OWNER], undefined],
    [
      'is left when it is another user’s',
      healthy(),
      [{ ...OWNER, isOurs: false }],
      /4711 \(.*\) of another user/,
    ],
    ['is left when this editor runs in it', healthy(), [{ ...OWNER, pid: 42 }], /in which this editor runs/],
    [
      'is left when it is in a container that shares our network',
      healthy(),
      [{ ...OWNER, inContainer: true }],
      /runs in a container: restart it there/,
    ],
    [
      'is left when it only passes connections on',
      healthy(),
      [{ ...OWNER, name: 'docker-proxy', commandLine: '/usr/bin/docker-proxy -host-port 3457' }],
      /held by docker-proxy, process 4711 \(.*\), which only passes connections on: smithy runs elsewhere/,
    ],
    [
      'is ended when it says itself who it is, whatever its name',
      known(),
      [{ ...OWNER, name: 'code' }],
      undefined,
    ],
    [
      'is left when it may be one of two',
      healthy(),
      [OWNER, OTHER],
      /two processes, process 4711 .* and 5000/,
    ],
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
      /does not answer as a daemon/,
    ],
    ['is ended, after a look, when it may be the daemon gone wrong', usurped(), [OWNER], undefined],
    [
      'is left when it began after the daemon last answered',
      usurped(),
      [{ ...OWNER, startedAt: usurped().track.last!.at.wallAt + 60_000 }],
      /does not answer as a daemon/,
    ],
  ];
  for (const [what, model, owners, expected] of cases) {
    it(what, () => {
      const reason = whyNotToEnd(model, owners, [42]);
      if (expected) assert.match(reason ?? '', expected);
      else assert.equal(reason, undefined);
    });
  }

  for (const name of [
    'docker-proxy',
    'ssh',
    'code-tunnel',
    'Code Helper (Plugin)',
    'com.docker.backend',
    'wslrelay',
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
    assert.match(whyNotHere(model) ?? '', /smithy is not on this machine \(192\.168\.1\.5\)/);
  });
  for (const host of ['127.0.0.1', 'localhost', '[::1]', '127.0.0.2']) {
    it(`is not one at ${host}`, () => {
      assert.equal(whyNotHere(modelOf(Watch.healthy(), `http://${host}:3457`)), undefined);
    });
  }
});
