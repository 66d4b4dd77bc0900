import assert from 'node:assert/strict';
import { HELP } from '../../../src/dispatchd/help';

describe('dispatchd help', () => {
  const lines = HELP.trimEnd().split('\n');

  it('fits a terminal', () => {
    assert.ok(lines.length < 70, `${lines.length} lines`);
    for (const line of lines) assert.ok(line.length <= 100, line);
  });

  for (const [what, says] of [
    ['how it is started', /foreground.*\n?.*stderr/],
    ['how it is stopped', /Ctrl-C or SIGTERM/],
    ['what becomes of commands that run', /commands that run get SIGTERM, and SIGKILL 2 s later/],
    ['that the token changes', /new token after a crash/],
    ['the range of ports', /0 to 65535/],
    ['the range of workers', /0 to 256/],
    ['the range of the interval', /10 to 86400000/],
    ['the range of the threshold', /longer than the interval/],
    ['what the variable of chaos takes', /DISPATCHD_CHAOS/],
    ['the default of timeoutMs', /timeoutMs .*600000/],
    ...['metrics', 'health', 'livez', 'readyz'].map(
      (route) => [`the route /${route}`, new RegExp(`/${route}\\b`)] as const,
    ),
    ...['name', 'command', 'args', 'cwd', 'timeoutMs', 'resumable', 'kind'].map(
      (field) => [`the field ${field}`, new RegExp(`^  ${field} +\\S`, 'm')] as const,
    ),
  ] as const) {
    it(`tells ${what}`, () => assert.match(HELP, says));
  }

  it('praises nothing', () => assert.doesNotMatch(HELP, /truth/));
});
