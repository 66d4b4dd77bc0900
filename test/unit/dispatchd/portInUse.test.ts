import assert from 'node:assert/strict';
import { findPortOwner, portInUseMessage } from '../../../src/dispatchd/portInUse';
import { processTable } from '../../../src/system/processTable';
import { LISTENS, parseSockets } from '../../../src/system/procNet';
import { freePort } from '../../support/freePort';

/** System tools that print this, by the tool's name; others fail. */
const tools = (outputs: Readonly<Record<string, string>>) => (tool: string) =>
  tool in outputs ? Promise.resolve(outputs[tool]!) : Promise.reject(new Error(`${tool} fails`));

const NETSTAT = [
  'Aktive Verbindungen',
  '  Proto  Lokale Adresse         Remoteadresse          Status           PID',
  '  TCP    127.0.0.1:PORT0        0.0.0.0:0              ABHÖREN          1',
  '  TCP    127.0.0.1:PORT         127.0.0.1:50123        HERGESTELLT      2',
  '  TCP    127.0.0.1:50123        127.0.0.1:PORT         HERGESTELLT      3',
  '  TCP    127.0.0.1:PORT         0.0.0.0:0              ABHÖREN          4711',
].join('\r\n');

describe('dispatchd port owner', () => {
  // Nobody listens there, so that nobody answers either.
  let port = 0;
  before(async () => (port = await freePort()));

  const cases: [string, NodeJS.Platform, Record<string, string>, object][] = [
    [
      'on macOS is named by lsof, its command by ps',
      'darwin',
      {
        lsof: 'p4711\nf3\ntIPv4\nn127.0.0.1:PORT\n',
        ps: '501 Sat Mar  1 10:00:00 2025 node server.js --port 3470\n',
      },
      { pid: 4711, commandLine: 'node server.js --port 3470' },
    ],
    [
      'on macOS is the first of several',
      'darwin',
      {
        lsof: 'p4711\nf3\ntIPv4\nn*:PORT\np4712\nf3\ntIPv4\nn*:PORT\n',
        ps: '501 Sat Mar  1 10:00:00 2025 x',
      },
      { pid: 4711, commandLine: 'x' },
    ],
    [
      'on macOS has no command where ps fails',
      'darwin',
      { lsof: 'p4711\nf3\ntIPv4\nn*:PORT\n' },
      { pid: 4711 },
    ],
    ['on macOS is not known where lsof fails', 'darwin', {}, {}],
    ['on macOS is not known where lsof says nothing', 'darwin', { lsof: '' }, {}],
    [
      'on Windows is the listening line of netstat, in any language',
      'win32',
      { netstat: NETSTAT },
      { pid: 4711 },
    ],
    [
      'on Windows is who has our address, not who has the port on all others',
      'win32',
      { netstat: `  TCP  0.0.0.0:PORT  0.0.0.0:0  ABHÖREN  4100\r\n${NETSTAT}` },
      { pid: 4711 },
    ],
    [
      'on Windows is found on IPv6, too',
      'win32',
      { netstat: '  TCP    [::1]:PORT             [::]:0                 LISTENING       4712\r\n' },
      { pid: 4712 },
    ],
    [
      'on Windows is not known where nothing listens',
      'win32',
      { netstat: NETSTAT.split('\r\n').slice(0, 5).join('\r\n') },
      {},
    ],
    ['on Windows is not known where netstat fails', 'win32', {}, {}],
  ];
  for (const [what, platform, outputs, expected] of cases) {
    it(what, async () => {
      const printed = Object.fromEntries(
        Object.entries(outputs).map(([tool, text]) => [tool, text.replaceAll('PORT', String(port))]),
      );
      assert.deepEqual(await findPortOwner(port, processTable({ platform, run: tools(printed) })), expected);
    });
  }

  it('is found in the tables of Linux by state and port', () => {
    const table = [
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
      '   0: 0100007F:0D8E 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 111 1',
      '   1: 0100007F:0D8E 0100007F:C000 01 00000000:00000000 00:00000000 00000000  1000        0 222 1',
      '   2: 0100007F:0D8F 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 333 1',
    ].join('\n');
    const found = parseSockets(table).filter(({ port, state }) => port === 3470 && state === LISTENS);
    assert.deepEqual(
      found.map(({ inode }) => inode),
      ['111'],
    );
  });

  const messages: [string, Parameters<typeof portInUseMessage>[1], RegExp][] = [
    [
      'another dispatchd',
      { dispatchd: { pid: 7, workspace: '/w', stateDir: '/s' } },
      /another dispatchd \(pid 7, workspace \/w, state in \/s\)/,
    ],
    ['a process', { pid: 7, commandLine: 'nginx' }, /by pid 7 \(nginx\)/],
    ['a process without a command', { pid: 7, commandLine: '' }, /by pid 7;/],
    ['somebody who cannot be named', {}, /by a process that cannot be named;/],
  ];
  for (const [who, owner, expected] of messages) {
    it(`names ${who}`, () => assert.match(portInUseMessage(3470, owner), expected));
  }
});
