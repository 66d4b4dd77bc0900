import type { Session } from '../../health/report';

/** The request that goes on with a session. Without the conversation's id smithy knows of nothing after a restart. */
export function resumption({ agentId = '', providerSessionId, cwd }: Session): {
  path: string;
  body: object;
} {
  // A folder that was cut off to be shown is none.
  const isWhole = cwd !== undefined && !cwd.endsWith('…');
  return {
    path: `${agentPath(agentId)}/resume`,
    body: { providerSessionId, ...(isWhole && { workingDirectory: cwd }) },
  };
}

/** The same as a line for a shell. */
export function resumeCommand(origin: string, session: Session): string {
  const { path, body } = resumption(session);
  const words = ['-X', 'POST', '-H', 'content-type: application/json', '-d', JSON.stringify(body)];
  return `curl ${[...words, `${origin}${path}`].map(quoted).join(' ')}`;
}

export function agentPath(agentId: string): string {
  return `/api/agents/${encodeURIComponent(agentId)}`;
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
