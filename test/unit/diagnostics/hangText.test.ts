import assert from 'node:assert/strict';
import { hangText, type Found } from '../../../src/diagnostics/hangText';

type Row = readonly [string, string];

function said(rows: readonly Row[], more: Partial<Found> = {}): string | undefined {
  return hangText({
    hungForMs: 28_000,
    facts: rows,
    loop: undefined,
    ownPort: 3457,
    runsWork: false,
    ...more,
  });
}

const CPU: Row = ['CPU over 2 s', '0 % of one core'];
const OWN = 'port 3457 ↔ 0 LISTEN\nport 3457 ↔ 50112 ESTABLISHED';

describe('a hang in one sentence', () => {
  const cases: readonly [string, readonly Row[], Partial<Found>, string][] = [
    [
      'by the socket that its event loop names',
      [CPU, ['sockets', `${OWN}\nport 50100 ↔ 443 ESTABLISHED`], ['children', 'none']],
      { loop: 'active resources:\n2 × TCPSocketWrap\nSocket to 127.0.0.1:443\nSocket to 127.0.0.1:50112' },
      'waited for 28 s, most likely for a socket to 127.0.0.1:443; 0 % CPU',
    ],
    [
      'by the port where nothing names the socket',
      [CPU, ['sockets', `${OWN}\nport 50100 ↔ 443 SYN_SENT`]],
      {},
      'waited for 28 s, most likely for a socket to port 443; 0 % CPU',
    ],
    [
      'of several sockets, without a guess',
      [CPU, ['sockets', 'port 1 ↔ 443 ESTABLISHED\nport 2 ↔ 80 ESTABLISHED']],
      {},
      'waited for 28 s, with sockets open to port 443, port 80; 0 % CPU',
    ],
    [
      'by its child process',
      [CPU, ['sockets', OWN], ['children', '4711 git fetch']],
      {},
      'waited for 28 s, most likely for its child process; 0 % CPU',
    ],
    [
      'without a guess where its child is a session of its own',
      [CPU, ['sockets', OWN], ['children', '4711 npm run lint']],
      { runsWork: true },
      'waited for 28 s, with 1 child process running, and nothing shows for what; 0 % CPU',
    ],
    [
      'without a guess at one of several children',
      [CPU, ['sockets', OWN], ['children', '4711 git fetch\n4712 ssh']],
      {},
      'waited for 28 s, with 2 child processes running, and nothing shows for what; 0 % CPU',
    ],
    [
      'of a loop that never ends',
      [
        ['CPU over 2 s', '100 % of one core'],
        ['sockets', OWN],
      ],
      { loop: 'active resources:\n\nwhere it was during 500 ms:\n97 % parse file:///d/x.js:12' },
      'computed for 28 s, mostly in parse file:///d/x.js:12; 100 % CPU',
    ],
    [
      'of which nothing shows',
      [
        ['CPU over 2 s', 'not known'],
        ['sockets', OWN],
        ['children', 'none'],
      ],
      { hungForMs: undefined },
      'waited, and nothing shows for what',
    ],
  ];
  for (const [what, rows, more, expected] of cases) {
    it(what, () => assert.equal(said(rows, more), expected));
  }

  it('says that a process is stopped, which waits for nothing', () => {
    assert.equal(
      said([
        ['state', 'T (stopped)'],
        ['CPU over 2 s', '0 % of one core'],
      ]),
      'hung for 28 s, stopped by a signal; 0 % CPU',
    );
  });

  it('says where nothing is known of the process', () => {
    assert.equal(
      hangText({
        hungForMs: 28_000,
        facts: 'could not be had in time',
        loop: undefined,
        ownPort: 1,
        runsWork: false,
      }),
      'hung for 28 s, and of its process nothing is known',
    );
  });
});
