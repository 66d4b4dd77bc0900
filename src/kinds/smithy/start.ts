import type { Report } from '../../health/report';
import type { Target } from '../../model/target';
import { projectFolder } from '../read/paths';
import type { RestartWay, StartCommand, StartPlace } from '../kind';
import { SMITHY_FIRST_PORT } from './policy';

/**
 * smithy knows its database by the folder it is started in, so it is started where it ran before. Its sessions live in
 * its memory and end with it.
 */
export function restartWays(target: Target, where: StartPlace, last?: Report): readonly RestartWay[] {
  if (target.kind !== 'http') return [];
  const args = ['serve', 'smithy', '--no-open'];
  const port = Number(new URL(target.origin).port || 80);
  if (port !== SMITHY_FIRST_PORT) args.push('--port', String(port));
  const database = last?.database?.path;
  const cwd = (database === undefined ? undefined : projectFolder(database)) ?? where.workspaceFolder;
  const place = cwd === undefined ? {} : { cwd };
  // On Windows npm installs `sf` as a .cmd file, which only a shell can run.
  const command: StartCommand =
    where.platform === 'win32'
      ? { ...place, kind: 'shell', line: ['sf', ...args].join(' ') }
      : { ...place, kind: 'process', command: 'sf', args };
  return [{ by: 'spawn', command, keepsWork: false, ...(cwd !== undefined && { onlyOneIn: cwd }) }];
}
