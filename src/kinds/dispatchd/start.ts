import type { Target } from '../../model/target';
import type { RestartWay, StartPlace } from '../kind';

/**
 * The bundled daemon is started with the editor's own runtime and with the flags of its last start. What it ran ends
 * with it: some is started again, from its beginning.
 */
export function restartWays(target: Target, where: StartPlace): readonly RestartWay[] {
  if (target.kind !== 'http') return [];
  const port = Number(new URL(target.origin).port || 80);
  return [
    {
      by: 'spawn',
      keepsWork: false,
      command: {
        kind: 'process',
        command: where.nodePath,
        args: [where.dispatchdPath, ...withPort(where.lastArgs ?? [], port)],
        env: { ELECTRON_RUN_AS_NODE: '1' },
        ...(where.workspaceFolder !== undefined && { cwd: where.workspaceFolder }),
      },
    },
  ];
}

/** The flags of the last start with the port that is watched. */
function withPort(args: readonly string[], port: number): readonly string[] {
  const rest = args.filter(
    (arg, index) => arg !== '--port' && args[index - 1] !== '--port' && !arg.startsWith('--port='),
  );
  return ['--port', String(port), ...rest];
}
