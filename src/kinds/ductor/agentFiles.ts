import { join } from 'node:path';
import type { Session } from '../../health/report';
import { agentTitle } from './agentTitle';
import type { DuctorLimits } from './config';
import { CLOCK_TOLERANCE_MS } from './policy';
import type { AgentLeft } from './resuming';
import { known, StateFile, type Read } from './stateFile';
import { hidesNamed, hidesTurns, readNamed, readStartup, readTurns, type DuctorStartup } from './turns';

const STARTUP = 'startup_state.json';
const TURNS = 'inflight_turns.json';
const NAMED = 'named_sessions.json';

/** The files that one agent keeps. */
export class AgentFiles {
  readonly #startup: StateFile;
  readonly #turns: StateFile;
  readonly #named: StateFile;

  constructor(folder: string) {
    [this.#startup, this.#turns, this.#named] = [STARTUP, TURNS, NAMED].map(
      (name) => new StateFile(join(folder, name)),
    ) as [StateFile, StateFile, StateFile];
  }

  /** Together. Never rejects. */
  async read() {
    const [startup, turns, named] = await Promise.all(
      [this.#startup, this.#turns, this.#named].map((file) => file.read()),
    );
    return { startup, turns, named };
  }
}

export type AgentContent = Awaited<ReturnType<AgentFiles['read']>>;

export interface Times {
  /** When this life began, in epoch ms: what is older was left behind by another. */
  readonly sinceAt: number;
  /** When the file was changed by which this life began: a file that was changed before says nothing of this life. */
  readonly fileAt: number;
  readonly nowAt: number;
}

/** What runs in an agent's chats, as far as its files tell. */
export interface AgentWork {
  readonly sessions: readonly Session[];
  /** The files that are there and cannot be read, or not all of them: what is in them is not known. */
  readonly unreadable: readonly string[];
}

/** The life that an agent's files are of; `undefined` where none is noted that can be read. */
export function startOf({ startup }: AgentContent): DuctorStartup | undefined {
  return startup === 'absent' ? undefined : known(() => readStartup(startup?.value));
}

/** The file of the start, where it is there and cannot be read. */
export function unreadableStart(files: AgentContent): readonly string[] {
  return files.startup === 'absent' || startOf(files) ? [] : [STARTUP];
}

/** What runs in the chats of an agent. */
export function workOf({ turns, named }: AgentContent, limits: DuctorLimits, times: Times): AgentWork {
  // What a file said before this life began is not true any more.
  const sinceThen = (file: Read) =>
    typeof file === 'object' && file.changedAt < times.fileAt ? 'absent' : file;
  const parts = [
    partOf(TURNS, sinceThen(turns), (value) => ({
      sessions: readTurns(value, limits, times),
      isWhole: !hidesTurns(value),
    })),
    partOf(NAMED, sinceThen(named), (value) => ({
      sessions: readNamed(value),
      isWhole: !hidesNamed(value),
    })),
  ];
  return {
    sessions: parts.flatMap(({ sessions }) => sessions),
    unreadable: parts.flatMap(({ unreadable }) => unreadable),
  };
}

function partOf(
  file: string,
  content: Read,
  read: (value: unknown) => { sessions: readonly Session[]; isWhole: boolean },
): AgentWork {
  if (content === 'absent') return { sessions: [], unreadable: [] };
  const part = known(() => read(content?.value));
  return { sessions: part?.sessions ?? [], unreadable: part?.isWhole ? [] : [file] };
}

/**
 * The work of a sub-agent, under its name; `undefined` where no start of this life is noted: then its files are
 * elsewhere, or not written yet.
 */
export function workOfSub(
  name: string,
  files: AgentContent,
  limits: DuctorLimits,
  times: Times,
): AgentWork | undefined {
  const within = (file: string) => `agents/${name}/${file}`;
  const unreadable = unreadableStart(files);
  if (unreadable.length > 0) return { sessions: [], unreadable: unreadable.map(within) };
  const startedAt = startOf(files)?.started_at;
  if (startedAt === undefined || startedAt < times.sinceAt) return undefined;
  const work = workOf(files, limits, {
    sinceAt: startedAt - CLOCK_TOLERANCE_MS,
    fileAt: changedAt(files.startup) ?? times.fileAt,
    nowAt: times.nowAt,
  });
  return {
    sessions: work.sessions.map((session) => ({
      ...session,
      id: `${name} ${session.id}`,
      title: agentTitle(name, session.title),
    })),
    unreadable: work.unreadable.map(within),
  };
}

/** What an agent's files say of the work that a new life may go on with. @param sinceAt when that life began, epoch ms */
export function leftOf(files: AgentContent, sinceAt: number): AgentLeft {
  const { startup, turns, named } = files;
  const startedAt = startOf(files)?.started_at ?? -Infinity;
  return {
    sinceAt: startedAt < sinceAt ? undefined : changedAt(startup),
    turnsAt: changedAt(turns),
    named: named === 'absent' ? undefined : named,
  };
}

function changedAt(file: Read): number | undefined {
  return typeof file === 'object' ? file.changedAt : undefined;
}
