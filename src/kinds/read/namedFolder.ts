import { whyNoPath } from './paths';

/** `${CODEX_HOME:-~/.codex}` at the beginning of a path, as a shell writes it. */
const NAMED = /^\$\{([A-Z][A-Z0-9_]*):-(~?[\\/][^${}]*)\}/;

/** A path of which a part is not known. */
export interface NoFolder {
  readonly variable: string;
}

/**
 * A path in the folder that a variable names, where that is set, else in the one beside it. The variable is one of the
 * editor's own process, as its daemon's client has it, too: no setting, and so no workspace, can name the folder.
 */
export function inNamedFolder(path: string, env = process.env): string | NoFolder {
  const [start = '', variable = '', otherwise = ''] = NAMED.exec(path) ?? [];
  if (start === '') return path;
  const folder = env[variable] ?? '';
  if (folder === '') return `${otherwise}${path.slice(start.length)}`;
  // A client takes a relative one as of where it was started, and what a pattern means by these is none of a name.
  const isNone = whyNoPath(folder) !== undefined || /[*{}]/.test(folder);
  return isNone ? { variable } : `${folder.replace(/[\\/]+$/, '')}${path.slice(start.length)}`;
}

/** The path where no variable is set. */
export function withoutVariable(path: string): string {
  return path.replace(NAMED, '$2');
}
