import assert from 'node:assert/strict';
import { CodedError } from '../../../src/base/errors';
import type { RestartRefusal } from '../../../src/model/restartRefusal';
import { sentenceOf } from '../../../src/words/errors';

const P = { pid: 7, commandLine: 'node x' };
const Q = { pid: 8, commandLine: 'node y' };
const PORT = { port: 3457, process: P };
const NONE = { port: undefined, process: P };
const LOCK = { is: 'lockUnproven', daemon: 'x', pid: 7, file: '/l' } as const;

const CASES: readonly [RestartRefusal, string][] = [
  [
    { ...PORT, is: 'endsServices', daemon: 'x', program: 'systemd' },
    'Port 3457 is held by systemd, process 7 (node x), which starts and ends services: start and stop x by its own tools. Nothing was ended.',
  ],
  [
    { ...PORT, is: 'endsServices', daemon: 'x', program: undefined },
    'Port 3457 is held by a service manager, process 7 (node x), which starts and ends services: start and stop x by its own tools. Nothing was ended.',
  ],
  [
    { ...NONE, is: 'endsServices', daemon: 'x', program: 'systemd' },
    'Process 7 (node x) starts and ends services: start and stop x by its own tools. Nothing was ended.',
  ],
  [
    { ...PORT, is: 'passesOn', daemon: 'x', program: 'ssh' },
    'Port 3457 is held by ssh, process 7 (node x), which only passes connections on: x runs elsewhere, such as in a container or on another machine. Restart x there. Nothing was ended.',
  ],
  [
    { ...NONE, is: 'passesOn', daemon: 'x', program: 'ssh' },
    'Process 7 (node x) only passes connections on: x runs elsewhere, such as in a container or on another machine. Restart x there. Nothing was ended.',
  ],
  [
    { ...PORT, is: 'otherUsers' },
    'Port 3457 is held by process 7 (node x) of another user. Nothing was ended.',
  ],
  [{ ...NONE, is: 'otherUsers' }, 'Process 7 (node x) belongs to another user. Nothing was ended.'],
  [
    { ...PORT, is: 'runsEditor' },
    'Port 3457 is held by process 7 (node x), in which this editor runs or from which this editor was started. Nothing was ended.',
  ],
  [
    { ...NONE, is: 'runsEditor' },
    'Process 7 (node x) runs this editor, or this editor was started from that process. Nothing was ended.',
  ],
  [
    { ...PORT, is: 'inContainer' },
    'Port 3457 is held by process 7 (node x), which runs in a container: restart the daemon there. Nothing was ended.',
  ],
  [
    { ...NONE, is: 'inContainer' },
    'Process 7 (node x) runs in a container: restart the daemon there. Nothing was ended.',
  ],
  [
    { is: 'sharedSocket', daemon: 'x', port: 1, named: [P, Q], count: 2 },
    'Port 1 is held by 2 processes that share a socket, process 7 (node x) and process 8 (node y). Which of them is x is not known: end x where it was started. Nothing was ended.',
  ],
  [
    { ...PORT, is: 'twoHolders', other: Q },
    'Port 3457 is held by two processes, process 7 (node x) and 8 (node y). Say which process is meant by an address, 127.0.0.1 or [::1], in daemonHealth.daemons. Nothing was ended.',
  ],
  [
    { ...PORT, is: 'noDaemon', reason: { is: 'wrongAnswer', cause: { is: 'noJson' } } },
    'Port 3457 is held by process 7 (node x), which does not answer as a daemon: the answer is not JSON. Nothing was ended.',
  ],
  [
    { is: 'elsewhere', daemon: 'x', host: '192.168.1.5' },
    'x is not on this machine (192.168.1.5): start and stop x there. Nothing was done.',
  ],
  [
    { is: 'isFleet', daemon: 'x' },
    'x is many daemons that a Prometheus measures: start and stop each where it runs. Nothing was done.',
  ],
  [
    { is: 'unprovenProcess', daemon: 'x' },
    'x runs, but no process of this machine is proven to be x: end x where it was started. Nothing was ended.',
  ],
  [
    { is: 'listenerUnnamed', port: 1 },
    'Something listens on port 1, but the system does not tell which process; the process may belong to another user or run in a container. Nothing was ended.',
  ],
  [
    { is: 'toolFailed', said: 'The tool ss of the system failed.' },
    'The tool ss of the system failed. Nothing was ended.',
  ],
  [{ ...PORT, is: 'anotherNow' }, 'Port 3457 is held by another process now, 7 (node x). Nothing was ended.'],
  [{ ...NONE, is: 'anotherNow' }, 'The daemon is another process now, 7 (node x). Nothing was ended.'],
  [
    { ...PORT, is: 'noMoreTheDaemon' },
    'Process 7 (node x) does not listen on port 3457 any more, but still runs. Nothing was ended.',
  ],
  [
    { ...NONE, is: 'noMoreTheDaemon' },
    'Process 7 (node x) is not proven to be the daemon any more, but still runs. Nothing was ended.',
  ],
  [{ is: 'busy', daemon: 'x' }, 'x is already being restarted or stopped.'],
  [{ is: 'busyElsewhere', daemon: 'x' }, 'x is being restarted or stopped in another window.'],
  [{ is: 'unwatched', daemon: 'x' }, 'x is not watched any more.'],
  [
    { ...LOCK, where: 'otherMachine' },
    'Nothing was done: x may be being restarted or stopped by process 7 on another machine. Whether that process still runs cannot be told from here: if process 7 has ended, delete /l and try again.',
  ],
  [
    { ...LOCK, where: 'otherNamespace' },
    'Nothing was done: x may be being restarted or stopped by process 7 in another container or sandbox. Whether that process still runs cannot be told from here: if process 7 has ended, delete /l and try again.',
  ],
  [
    { ...LOCK, where: 'noBirth' },
    'Nothing was done: x may be being restarted or stopped by process 7, whose number an earlier version noted. Another process may have that number by now: if process 7 is no editor, delete /l and try again.',
  ],
  [
    { is: 'lockUnusable', daemon: 'x', said: 'EACCES' },
    'Nothing was done: another window may be restarting or stopping x, and the file that would tell cannot be used (EACCES).',
  ],
  [{ ...PORT, is: 'stays' }, 'Process 7 (node x) could not be ended and holds port 3457.'],
  [{ ...NONE, is: 'stays' }, 'Process 7 (node x) could not be ended and still runs.'],
  [
    { is: 'anotherCame', daemon: 'x', pid: 7, port: 1, process: Q },
    'Process 7 has ended, but port 1 is held by another process now: 8 (node y).',
  ],
  [
    { is: 'anotherCame', daemon: 'x', pid: 7, port: undefined, process: Q },
    'Process 7 has ended, but x is another process now: 8 (node y).',
  ],
  [
    { is: 'birthUntold', pid: 7 },
    'The system does not tell when process 7 began, so that the process cannot be told from another one that got its number. Process 7 was left alone.',
  ],
];

describe('the words of a restart or a stop that is refused', () => {
  for (const [code, text] of CASES) {
    const port = 'port' in code && code.port === undefined ? ', without an address' : '';
    it(`where ${code.is}${port}`, () => assert.equal(sentenceOf(new CodedError(code)), text));
  }
});
