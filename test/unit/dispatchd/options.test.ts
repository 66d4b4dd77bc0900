import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { argvToRepeat, parseCommandLine } from '../../../src/dispatchd/options';

const around = {
  env: {},
  cwd: resolve('/somewhere'),
  home: resolve('/home/me'),
  isFolder: (path: string) => path !== resolve('/nope'),
};

function optionsOf(argv: string[], env: Record<string, string> = {}) {
  const result = parseCommandLine(argv, { ...around, env });
  assert.equal(result.kind, 'run', JSON.stringify(result));
  return result.kind === 'run' ? result.options : assert.fail();
}

describe('dispatchd options', () => {
  it('has defaults', () => {
    assert.deepEqual(optionsOf([]), {
      port: 3470,
      stateDir: resolve('/home/me/.daemon-health/dispatchd'),
      workers: 4,
      pollIntervalMs: 1000,
      pollStaleThresholdMs: 60_000,
      workspace: resolve('/somewhere'),
      chaos: false,
    });
  });

  it('takes flags before environment variables', () => {
    const env = { DISPATCHD_PORT: '1234', DISPATCHD_WORKERS: '7', DISPATCHD_CHAOS: '1' };
    const options = optionsOf(['--port', '0'], env);
    assert.equal(options.port, 0);
    assert.equal(options.workers, 7);
    assert.equal(options.chaos, true);
  });

  it('makes the state directory absolute', () =>
    assert.equal(optionsOf(['--state-dir', 'x']).stateDir, resolve('/somewhere/x')));

  it('derives the threshold from a long interval', () =>
    assert.equal(optionsOf(['--poll-interval-ms', '30000']).pollStaleThresholdMs, 300_000));

  for (const [argv, env, message] of [
    [['--port', '70000'], {}, '--port must be a whole number from 0 to 65535, not "70000"'],
    [['--port', '1.5'], {}, '--port must be a whole number from 0 to 65535, not "1.5"'],
    [['--port', ''], {}, '--port must be a whole number from 0 to 65535, not ""'],
    [['--port', '0x50'], {}, '--port must be a whole number from 0 to 65535, not "0x50"'],
    [[], { DISPATCHD_WORKERS: 'many' }, 'DISPATCHD_WORKERS must be a whole number from 0 to 256, not "many"'],
    [[], { DISPATCHD_CHAOS: 'maybe' }, 'DISPATCHD_CHAOS must be 1, true, 0 or false, not "maybe"'],
    [
      ['--poll-interval-ms', '0'],
      {},
      '--poll-interval-ms must be a whole number from 10 to 86400000, not "0"',
    ],
    [['--state-dir', ' '], {}, '--state-dir must not be empty'],
    [['--port', '-1'], {}, '--port must be a whole number from 0 to 65535, not "-1"'],
    [['--port=-1'], {}, '--port must be a whole number from 0 to 65535, not "-1"'],
    [['--workers', '-0.5'], {}, '--workers must be a whole number from 0 to 256, not "-0.5"'],
    [['--port'], {}, '--port needs a value'],
    [['--port', '--chaos'], {}, '--port needs a value'],
    [['--chaos', '--state-dir', '-h'], {}, '--state-dir needs a value'],
    [['--', '--port'], {}, "Unexpected argument '--port'"],
    [['--workspace', '/nope'], {}, `--workspace: there is no folder ${resolve('/nope')}`],
    [[], { DISPATCHD_WORKSPACE: '../nope' }, `DISPATCHD_WORKSPACE: there is no folder ${resolve('/nope')}`],
    [
      ['--poll-stale-threshold-ms', '1000'],
      {},
      '--poll-stale-threshold-ms must be longer than the interval of 1000 ms, not "1000"',
    ],
    [
      ['--poll-interval-ms', '86400000', '--poll-stale-threshold-ms', '86400000'],
      {},
      '--poll-stale-threshold-ms must be longer than the interval of 86400000 ms, not "86400000"',
    ],
    [
      ['--poll-interval-ms', '500'],
      { DISPATCHD_POLL_STALE_THRESHOLD_MS: '300' },
      'DISPATCHD_POLL_STALE_THRESHOLD_MS must be longer than the interval of 500 ms, not "300"',
    ],
    [['--nonsense'], {}, "Unknown option '--nonsense'"],
    [['stray'], {}, "Unexpected argument 'stray'"],
  ] as const) {
    it(`refuses ${JSON.stringify(argv)} ${JSON.stringify(env)} in one line`, () =>
      assert.deepEqual(parseCommandLine([...argv], { ...around, env }), { kind: 'invalid', message }));
  }

  it('makes the workspace absolute', () =>
    assert.equal(optionsOf(['--workspace', 'x']).workspace, resolve('/somewhere/x')));

  it('gives the flags that start the same daemon again at the same port', () => {
    const options = optionsOf(['--port', '0', '--state-dir', 'x', '--chaos'], { DISPATCHD_WORKERS: '2' });
    assert.deepEqual(optionsOf(argvToRepeat(options, 4567)), { ...options, port: 4567 });
  });

  it('gives them also where the threshold follows the longest interval', () => {
    const options = optionsOf(['--port', '1', '--poll-interval-ms', '86400000']);
    assert.deepEqual(optionsOf(argvToRepeat(options, 1)), options);
  });
});
