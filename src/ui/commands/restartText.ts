import { plain, type PlainText } from '../shared/markdown';
import { withoutSecrets, wordsWithoutSecrets } from '../../base/secrets';
import { cleanText, joined } from '../../base/text';
import { duration, type Instant } from '../../base/time';
import { isLive, isWaiting } from '../../health/sessions';
import { inFlightMs } from '../../health/staleness';
import type { StartCommand } from '../../kinds/kind';
import { MAX_START_CHARS } from '../../kinds/policy';
import { addressOf } from '../../kinds/target';
import { isEndedByUs, type Interrupted, type Plan } from '../../restart/plan';
import { RESTART_LOOP_COUNT, RESTART_LOOP_MS } from '../../store/policy';
import { unreadableText } from '../../words/causes';
import { againstText, doubtText } from '../../words/startFailures';
import { capitalise, looksOf } from '../../words/states';
import { MAX_NAMED_SESSIONS } from '../policy';
import { familyText } from './outlivingText';

/** What is true of a plan besides what the plan says. */
export interface Circumstances {
  /** The daemon was restarted often lately. */
  readonly isLoop: boolean;
  /** The message that asked for the restart tells what is not so any more. */
  readonly isOld: boolean;
  readonly now: Instant;
  /** Whom the processes belong to that may be ended. */
  readonly userName: () => string;
}

/** What the user should know first; `undefined` where nothing is lost and the process is known. */
export function consequences(
  plan: Plan,
  { isLoop, isOld, now, userName }: Circumstances,
): string | undefined {
  const { owner, interrupts, ownerIsKnown, model, way, doubt, instead, lost, supervisor, outside } = plan;
  const { name, target } = model.daemon;
  const parts: string[] = [];
  if (isOld) {
    parts.push(`The message is old: ${name} is ${looksOf(model.track.verdict).label} now.`);
  }
  // Where nothing runs nothing is lost by trying.
  if (owner && doubt) parts.push(doubtText(doubt));
  if (owner && way?.isSame && way.command) {
    if (instead) parts.push(againstText(instead));
    parts.push(`The running ${name} is ${commandText(way.command)}: start it the same way?`);
  }
  const lacks = owner && isEndedByUs(way) ? lackText(lost) : undefined;
  if (lacks?.matters) parts.push(lacks.text);
  if (outside !== undefined) {
    parts.push(
      `${name} will be started in \`${outside}\`: only the last answer of ${name} names that folder, and this window does not have the folder open.`,
    );
  }
  const kept = keptWorkText(model, way);
  if (kept !== undefined) parts.push(kept);
  const ownWay = ownWayText(name, way);
  if (ownWay !== undefined) parts.push(ownWay);
  else if (owner) parts.push(...againText(name, way, supervisor));
  if (isLoop) {
    parts.push(
      `${name} was restarted ${RESTART_LOOP_COUNT} times or more in the last ${duration(RESTART_LOOP_MS)}. ` +
        'Another restart may not help; the log may say why.',
    );
  }
  const cycle = owner && cycleOf(model, now);
  if (owner && way?.keepsWork !== true) parts.push(...unknownWork(model));
  if (owner && interrupts.length > 0) {
    const named = interrupts.slice(0, MAX_NAMED_SESSIONS).map((session) => `• ${interruptedText(session)}`);
    const more = interrupts.length - named.length;
    parts.push(
      interrupts.length === 1
        ? 'This interrupts 1 running session:'
        : `This interrupts ${interrupts.length} running sessions:`,
      ...named,
      ...(more > 0 ? [`and ${more} more`] : []),
    );
  }
  const family = familyText(plan);
  if (family?.matters) parts.push(family.text);
  // What may not come back by itself is started by hand, by its whole command line.
  if (owner && isEndedByUs(way) && (!ownerIsKnown || doubt)) {
    const address = addressOf(target);
    const { pid, commandLine, startedAtMs } = owner;
    parts.push(
      address ? `The process that holds port ${address.port} will be ended:` : 'This process will be ended:',
      `${pid}: ${commandLine}`,
      // Only the user's own processes come this far.
      startedAtMs === undefined
        ? `of ${userName()}`
        : `of ${userName()}, started ${new Date(startedAtMs).toLocaleString()}`,
    );
  }
  if (family && !family.matters && parts.length > 0) parts.push(family.text);
  if (lacks && !lacks.matters && parts.length > 0) parts.push(lacks.text);
  if (cycle && (cycle.mayComplete || parts.length > 0)) parts.unshift(cycle.text);
  return parts.length > 0 ? parts.join('\n') : undefined;
}

/** "`node /opt/sf serve smithy` in `/project`", whole: who agrees has to see what will run. Without what looks secret. */
function commandText(command: StartCommand): string {
  const words =
    command.kind === 'shell'
      ? [withoutSecrets(command.line)]
      : wordsWithoutSecrets([command.command, ...command.args]);
  const quoted = words.map((word) => (/^[\w@%+=:,./<>\\-]+$/.test(word) ? word : JSON.stringify(word)));
  const line = cleanText(withoutSecrets(quoted.join(' ')), MAX_START_CHARS);
  return command.cwd === undefined ? `\`${line}\`` : `\`${line}\` in \`${command.cwd}\``;
}

/** That a command of the daemon's own ends its work; `undefined` where the daemon is restarted in another way, or keeps that. */
function ownWayText(name: string, way: Plan['way']): string | undefined {
  if (way?.by !== 'itself' || way.name !== undefined || way.keepsWork || !way.command) return undefined;
  return `${name} is restarted by ${commandText(way.command)}, which does not keep the running work.`;
}

/** That a restart keeps the work; `undefined` where there is none, or the restart does not keep that. */
function keptWorkText({ daemon: { name }, track }: Plan['model'], way: Plan['way']): string | undefined {
  const { sessions = [] } = track.last?.report ?? {};
  const count = sessions.filter((session) => isLive(session) || isWaiting(session)).length;
  if (!way?.keepsWork || count === 0) return undefined;
  const goesOn = count === 1 ? '1 session goes on' : `${count} sessions go on`;
  return way.by === 'itself' && way.command
    ? `${name} is restarted by ${commandText(way.command)}, which keeps the running work: ${goesOn}.`
    : `The restart keeps the running work of ${name}: ${goesOn}.`;
}

/** Who will start the daemon again, and what a command of the user's does besides. */
function againText(name: string, way: Plan['way'], supervisor: Plan['supervisor']): readonly string[] {
  const left = way?.leavesService;
  const parts = left
    ? [
        `The start command takes ${name} out of its service, where ${name} has one; ` +
          `\`${left.serviceCommand}\` does not.`,
      ]
    : [];
  if (way?.by === 'itself' && way.name === undefined) return parts;
  if (!isEndedByUs(way) && way?.command) {
    const by = way.by === 'supervisor' ? commandText(way.command) : 'a request in its own files';
    return [...parts, `${way.name ?? 'A supervisor'} starts ${name} again: the restart is done by ${by}.`];
  }
  if (!supervisor) return parts;
  const who = capitalise(supervisor.name);
  const { lastTime } = supervisor;
  if (lastTime) {
    const happened = `${duration(lastTime.afterMs)} after its last end from here, ${name} was started again, and not from here.`;
    const waited = way ? ' The restart waits for that start first.' : '';
    return [...parts, `${happened} ${who} may do so again.${waited}`];
  }
  const waited = ` The restart waits for that start: no second ${name} is started while ${supervisor.name} runs.`;
  return [...parts, `${who} may start ${name} again.${way ? waited : ''}`];
}

/** What the new process will lack of the old one's environment, and whether that has to be said in any case. */
function lackText(lost: Plan['lost']): { text: string; matters: boolean } | undefined {
  if (lost === undefined) return undefined;
  if (lost === 'notKnown') {
    return {
      text: 'Whether the new process will lack variables of the old one is not known.',
      matters: false,
    };
  }
  const names = lost.names.join(', ');
  const more = lost.more > 0 ? ` and ${lost.more} more` : '';
  const text = `The new process will not have these variables of the old one: ${names}${more}.`;
  return { text, matters: lost.matter };
}

/** For how long the poll cycle of a wedged daemon runs, and whether the daemon lets a cycle run for so long. */
function cycleOf({ track }: Plan['model'], now: Instant): { text: string; mayComplete: boolean } | undefined {
  const { last, sample } = track;
  const ranMs = last && inFlightMs(last.report);
  if (last?.loop?.kind !== 'stale' || !sample?.ok || ranMs === undefined) return undefined;
  const { kind, traits } = last.report;
  const runsMs = ranMs + (now.monotonicMs - last.at.monotonicMs);
  const text = `The poll cycle in flight has run for ${duration(runsMs)}.`;
  const { longestInstallMs = 0 } = traits;
  if (runsMs >= longestInstallMs) return { text, mayComplete: false };
  const slow = `${kind} lets an install take ${duration(longestInstallMs)}: the cycle may still complete.`;
  return { text: `${text} ${slow}`, mayComplete: true };
}

/** "Nightly report, running for 12 min, will be resumed"; what is not known is left out. */
function interruptedText({ title, ranMs, then }: Interrupted): string {
  const hereafter = then && { resumed: 'will be resumed', runAgain: 'can be run again' }[then];
  return joined([title, ranMs !== undefined && `running for ${duration(ranMs)}`, hereafter], ', ');
}

/** Work that may be interrupted although nothing tells of it. */
function unknownWork({ daemon: { name }, track: { last } }: Plan['model']): readonly string[] {
  const { subAgents = [], turns = false, tasks = false } = last?.report.unknownWork ?? {};
  const named = subAgents.slice(0, MAX_NAMED_SESSIONS);
  const more = subAgents.length - named.length;
  const names = [...named, ...(more > 0 ? [`${more} more`] : [])].join(', ');
  const lines: string[] = [];
  if (subAgents.length === 1) {
    lines.push(`${name} runs the sub-agent ${names}; whether the sub-agent works on something is not known.`);
  } else if (subAgents.length > 1) {
    lines.push(
      `${name} runs the sub-agents ${names}; whether the sub-agents work on something is not known.`,
    );
  }
  if (turns && tasks) {
    lines.push(`Whether ${name} works on a turn of its chats or on background tasks is not known.`);
  } else if (turns) {
    lines.push(`Whether ${name} works on a turn of its chats is not known.`);
  } else if (tasks) {
    lines.push(`Whether ${name} works on background tasks is not known.`);
  }
  const files = unreadableText(last?.report.malformed ?? []);
  return lines.length > 0 && files !== '' ? [...lines, `${files}.`] : lines;
}

/** A line of a terminal, which makes a link of the file. */
export const reportAt = (file: string): string => `Hang report: ${file}`;

export const stopping = (daemon: string): PlainText => plain(`Stopping ${daemon}`);

export const whichFolder = (daemon: string): PlainText => plain(`The folder to start ${daemon} in`);
