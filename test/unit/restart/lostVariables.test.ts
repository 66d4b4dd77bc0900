import assert from 'node:assert/strict';
import { lostVariables } from '../../../src/restart/lostVariables';

describe('the variables that a new process lacks', () => {
  it('are those of the old one, keys first, without what a session or an editor sets', () => {
    const old = {
      AAA: '1',
      ANTHROPIC_API_KEY: 'sk-secret',
      HTTPS_PROXY: 'http://proxy',
      SHLVL: '2',
      TERM: 'xterm',
      VSCODE_PID: '3',
      PATH: '/usr/bin',
    };
    assert.deepEqual(lostVariables(old, { PATH: '/bin' }), {
      names: ['ANTHROPIC_API_KEY', 'HTTPS_PROXY', 'AAA'],
      more: 0,
      matter: true,
    });
  });

  it('are named at most eight times; the rest is counted', () => {
    const old = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`V${index}`, '']));
    const lost = lostVariables(old, {});
    assert.deepEqual([lost?.names.length, lost?.more, lost?.matter], [8, 22, false]);
  });

  it('are none where the new one has them all', () => {
    assert.equal(lostVariables({ PATH: '/a', HOME: '/b' }, { PATH: '/c', HOME: '/d' }), undefined);
  });
});
