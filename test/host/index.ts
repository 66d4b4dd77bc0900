import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { format } from 'node:util';

/** Fixed, because the environment of whoever started VS Code does not reach every kind of extension host. */
const resultsFile = join(__dirname, '..', 'results', 'host.json');

/** Runs every built `*.test.js` beside this file; VS Code calls it inside the extension host. */
export async function run(): Promise<void> {
  markLog();
  process.setSourceMapsEnabled(true);
  const { default: Mocha } = await import('mocha');
  const mocha = new Mocha({ ui: 'bdd', timeout: 20_000, color: false, forbidOnly: true });
  const grep = process.env['DAEMON_HEALTH_GREP'];
  if (grep) mocha.grep(grep);
  for (const file of readdirSync(__dirname, { recursive: true, encoding: 'utf8' }).sort()) {
    if (file.endsWith('.test.js')) mocha.addFile(join(__dirname, file));
  }
  await mocha.loadFilesAsync();
  const notRun: string[] = [];
  const failures: string[] = [];
  const { passes: passed, failures: failed } = await new Promise<Mocha.Stats>((resolve, reject) => {
    const runner = mocha.run(() => {
      if (runner.stats) resolve(runner.stats);
      else reject(new Error('Mocha gave no counts.'));
    });
    runner.on('pending', (test) => notRun.push(test.fullTitle()));
    runner.on('fail', (test, error: Error) => failures.push(`${test.fullTitle()}: ${error.message}`));
  });
  mkdirSync(dirname(resultsFile), { recursive: true });
  writeFileSync(resultsFile, JSON.stringify({ passed, failed, failures, notRun }));
  if (failed > 0) throw new Error(`${failed} host tests failed.`);
}

/** Where the window's log is all that comes out, its reader has to tell our lines from VS Code's own. */
function markLog(): void {
  const mark = process.env['DAEMON_HEALTH_LOG_MARK'];
  if (!mark) return;
  for (const level of ['debug', 'log', 'info', 'warn', 'error'] as const) {
    const write = console[level].bind(console);
    // Not by assignment: VS Code has given these properties a setter that does nothing.
    Object.defineProperty(console, level, { value: (...args: unknown[]) => write(mark + format(...args)) });
  }
}
