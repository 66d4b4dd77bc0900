import assert from 'node:assert/strict';
import type { RestartConfig } from '../../../src/model/daemonConfig';
import { resolveVariables } from '../../../src/restart/settingVariables';
import { readDaemons } from '../../../src/settings/daemonList';
import { listProblemText } from '../../../src/words/listProblemText';

const ONE = [{ name: 'server', path: '/projects/server' }];
const TWO = [...ONE, { name: 'web', path: '/projects/web' }];

describe('the variables in the restart of a setting', () => {
  const env = { BIN: '/opt/bin' };
  const resolved = (restart: RestartConfig, folders = ONE) =>
    resolveVariables('x', restart, { folders, env, home: '/home/u' });

  const rows: readonly [RestartConfig, RestartConfig][] = [
    [
      { command: 'up', cwd: '${workspaceFolder}/server' },
      { command: 'up', cwd: '/projects/server/server' },
    ],
    [
      { command: '~/bin/up', args: ['~/proj', 'a~b'] },
      { command: '/home/u/bin/up', args: ['/home/u/proj', 'a~b'] },
    ],
    [
      { command: '${env:BIN}/up', args: [], env: { A: '${userHome}/x', B: '${env:NONE}' } },
      { command: '/opt/bin/up', args: [], env: { A: '/home/u/x', B: '' } },
    ],
    [
      { command: 'cd ${workspaceFolder:server} && ~/up ${HOME}' },
      { command: 'cd /projects/server && ~/up ${HOME}' },
    ],
  ];
  for (const [from, to] of rows) {
    it(`are resolved: ${JSON.stringify(from)}`, () => assert.deepEqual(resolved(from), to));
  }

  it('name one of several folders', () => {
    const cwd = '${workspaceFolder:web}/x';
    assert.deepEqual(resolved({ command: 'up', cwd }, TWO), { command: 'up', cwd: '/projects/web/x' });
  });

  for (const [variable, folders] of [
    ['${workspaceFolder}', []],
    ['${workspaceFolder}', TWO],
    ['${workspaceFolder:none}', TWO],
  ] as const) {
    it(`are named where they stand for nothing: ${variable} of ${folders.length}`, () => {
      const found = resolveVariables('x', { command: 'up', cwd: variable }, { folders, env });
      assert.deepEqual(found, { is: 'unresolved', daemon: 'x', variable });
    });
  }

  it('of VS Code’s that mean nothing there are a problem of the setting', () => {
    for (const variable of ['${command:x.y}', '${input:port}', '${file}', '${config:a.b}']) {
      const raw = [{ url: 'http://127.0.0.1:1', restart: { command: 'up', args: [variable] } }];
      const { daemons, problems } = readDaemons(raw, { configured: true, allowRemote: false });
      assert.equal(daemons.length, 0);
      assert.match(listProblemText(problems[0]!), new RegExp(`has \\${variable} in its "restart"`));
    }
  });
});
