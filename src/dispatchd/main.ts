import { version } from '../../package.json';
import { CannotStart, startDaemon, type Daemon } from './daemon';
import { HELP } from './help';
import { StateDirInUse } from './life/lock';
import { stderrLog } from './log';
import { parseCommandLine, type Options } from './options';
import { messageOf, stackOf } from '../base/errors';

/** 1: could not start or failed; 2: wrong usage, as shells and GNU tools have it. */
const FAILED = 1;
const WRONG_USAGE = 2;

async function run(options: Options): Promise<void> {
  const log = stderrLog();
  // Filled once it has started; signals may come before.
  const started: { daemon?: Daemon } = {};
  let stopping = false;

  const stop = (why: string) => {
    const { daemon } = started;
    // Nothing to clean up yet; the lock of a dead process is taken over.
    if (!daemon) process.exit(0);
    if (stopping) {
      // On POSIX all signals are sent when this returns, on Windows a tool is asked first.
      void daemon.kill().finally(() => process.exit(0));
      return;
    }
    stopping = true;
    log.info(`${why}: stopping`);
    daemon.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error(`could not stop cleanly: ${String(error)}`);
        process.exit(FAILED);
      },
    );
  };
  const crash = (error: unknown) => {
    log.error(`crashed: ${stackOf(error)}`);
    try {
      started.daemon?.crashed(messageOf(error));
    } finally {
      process.exit(FAILED);
    }
  };
  // SIGHUP is what a closed terminal sends.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop);

  const daemon = await startDaemon(options, log, () => setImmediate(stop, 'shutdown requested'));
  started.daemon = daemon;
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
  console.log(`listening on ${daemon.url}`);
}

/** Prints what a health answer has and lacks. Exits with 1 where something is lacking. */
async function check(named: { place: string; allowRemote: boolean }): Promise<void> {
  const { checkPlace, checkText, isPlace, lacksAnything, noPlaceText, readPlace } =
    await import('../check/check');
  const place = readPlace(named.place, named.allowRemote, process.cwd());
  if (!isPlace(place)) {
    const hint = place.is === 'elsewhere' ? ' Give --allow-remote to ask another machine.' : '';
    return fail(`${noPlaceText(place)}${hint}`, WRONG_USAGE);
  }
  const found = await checkPlace(place);
  process.stdout.write(checkText(place, found));
  process.exitCode = lacksAnything(found) ? FAILED : 0;
}

function fail(message: string, exitCode: number): never {
  process.stderr.write(`dispatchd: ${message}\n`);
  process.exit(exitCode);
}

// The limit for the size of a file must not take the daemon with it: with a handler, the write fails in words.
if (process.platform !== 'win32') process.on('SIGXFSZ', () => {});
// Nor must a closed terminal.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

/** Whatever is told by a relative path is told from here. */
function isStartedSomewhere(): boolean {
  try {
    return process.cwd() !== '';
  } catch {
    return false;
  }
}

if (!isStartedSomewhere()) fail('the folder that it was started in is gone; start it in another one', FAILED);
const commandLine = parseCommandLine(process.argv.slice(2));
switch (commandLine.kind) {
  case 'help':
    process.stdout.write(HELP);
    break;
  case 'version':
    console.log(version);
    break;
  case 'check':
    check(commandLine).catch((error: unknown) => fail(`cannot check: ${messageOf(error)}`, FAILED));
    break;
  case 'invalid':
    fail(`${commandLine.message}; see --help`, WRONG_USAGE);
    break;
  case 'run':
    run(commandLine.options).catch((error: unknown) => {
      if (error instanceof CannotStart || error instanceof StateDirInUse) fail(error.message, FAILED);
      fail(`cannot start, for a reason that nobody expected: ${messageOf(error)}`, FAILED);
    });
}
