import type { Report } from '../../health/report';
import type { NoWay } from '../../model/startFailure';
import type { Target } from '../../model/target';
import { projectFolder } from '../read/paths';
import type { RestartWay, Running, StartCommand, StartPlace } from '../kind';
import { sameWay } from '../sameWay';
import { SMITHY_FIRST_PORT } from './policy';

/** Tells a smithy its database (its `resolveDatabasePath`), and whether its loop begins by itself. */
const VARIABLES = ['STONEFORGE_DB_PATH', 'DAEMON_AUTO_START'];

/**
 * smithy knows its database by the folder it is started in, so it is started where it ran before, with the flags that
 * it ran with. Its sessions live in its memory and end with it.
 */
export function restartWays(target: Target, where: StartPlace, last?: Report): readonly RestartWay[] | NoWay {
  if (target.kind !== 'http') return [];
  const port = Number(new URL(target.origin).port || 80);
  const ran = where.running && ranIn(where.running);
  const args = ['serve', 'smithy', ...flagsFor(port, ran?.flags ?? [])];
  const database = last?.database?.path;
  const project = database === undefined ? undefined : projectFolder(database);
  const told = ran?.running.cwd ?? project;
  if (told === undefined && where.folderUnclear) return where.folderUnclear;
  const cwd = told ?? where.workspaceFolder;
  const same = ran && sameWay(ran.running, [...ran.program, ...args], VARIABLES);
  const place = { ...(cwd !== undefined && { cwd }), ...workOf(same) };
  // On Windows npm installs `sf` as a .cmd file, which only a shell can run; without this variable `cmd` looks for it in
  // the folder first.
  const command: StartCommand =
    where.platform === 'win32'
      ? { ...place, kind: 'shell', line: ['sf', ...args].join(' '), env: { ...place.env, ...NOT_IN_FOLDER } }
      : { ...place, kind: 'process', command: 'sf', args };
  const onlyOneIn = project ?? cwd;
  const only = onlyOneIn !== undefined && { onlyOneIn };
  const byAnswer = cwd !== undefined && cwd !== ran?.running.cwd && cwd === project;
  const isFolderByAnswer = byAnswer && { isFolderByAnswer: true };
  return [
    { by: 'spawn', command, keepsWork: false, ...only, ...isFolderByAnswer },
    ...(same ? [{ ...same, ...only }] : []),
  ];
}

const NOT_IN_FOLDER = { NoDefaultCurrentDirectoryInExePath: '1' };

/** The words of `node …/sf serve smithy -H 0.0.0.0`, taken apart; `undefined` for any other process. */
function ranIn(running: Running) {
  const { argv } = running;
  const at = argv.findIndex((word, index) => word === 'serve' && argv[index + 1] === 'smithy');
  return at < 1 ? undefined : { running, program: argv.slice(0, at), flags: argv.slice(at + 2) };
}

/** Its flags with the port that is watched: it takes the next one where its own is taken. No page is opened anew. */
function flagsFor(port: number, ran: readonly string[]): readonly string[] {
  const isPort = (word: string | undefined) => word === '-p' || word === '--port';
  const rest = ran.filter(
    (word, index) => !isPort(word) && !isPort(ran[index - 1]) && !/^(-p\d|--port=|--(no-)?open$)/.test(word),
  );
  return ['--no-open', ...(port === SMITHY_FIRST_PORT ? [] : ['--port', String(port)]), ...rest];
}

/** What tells it its work tells it again, whichever program is started. */
function workOf(same: RestartWay | undefined): Pick<StartCommand, 'env'> {
  const { PATH: _, ...env } = same?.command.env ?? {};
  return Object.keys(env).length === 0 ? {} : { env };
}
