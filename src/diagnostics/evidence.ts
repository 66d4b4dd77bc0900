import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DaemonModel } from '../model/daemonModel';
import type { KeptReport } from '../model/outcome';
import { wholePlaceOf } from '../model/target';
import { EVIDENCE_FILES_KEPT, EVIDENCE_TIMEOUT_MS, MAX_FOUND_CHARS, MAX_STATUS_CHARS } from './policy';
import { cleanText } from '../base/text';
import { wallAtOf, type Instant } from '../base/time';
import { orAborted } from '../base/wait';
import { isLive } from '../health/sessions';
import { STATES, type DaemonState } from '../health/states';
import type { CompactSample } from '../health/samples';
import { trace } from '../health/verdict';
import { failureText } from '../words/causes';
import { sentenceOf } from '../words/errors';
import { reasonText } from '../words/reasons';
import { RULE_TEXTS } from '../words/rules';
import { capitalise, stalledForMs, stateInWords } from '../words/states';
import { block, escaped } from './fence';
import { redact } from './redact';
import { hangText } from './hangText';
import { inspectNode } from './inspectNode';
import { processFacts } from './processFacts';
import { writePrivate } from '../system/privateFile';
import type { ProcessInfo } from '../system/processTable';
import { userHome } from '../system/userHome';

// One chunk has all that needs the inspector.
export { inspectable } from './inspectNode';

export interface EvidenceRequest {
  readonly model: DaemonModel;
  readonly samples: readonly CompactSample[];
  /** The daemon's status as it says it now, verbatim. */
  readonly status: () => Promise<string>;
  readonly owner: ProcessInfo | undefined;
  /** Also look into its event loop, where it is a Node process. */
  readonly inspect: boolean;
  /** Told where looking into the event loop leaves something behind, in words. */
  readonly onLeftOpen?: (text: string) => void;
  readonly folder: string;
  readonly now: Instant;
}

/**
 * Keeps what is known of a daemon in trouble, before a restart wipes it: a Markdown file in `folder`, of which the
 * newest are kept. Takes no longer than its time; what could not be had by then is said to be missing.
 */
export async function keepEvidence(request: EvidenceRequest): Promise<KeptReport> {
  const { model, folder, now } = request;
  const collected = await collect(request, AbortSignal.timeout(EVIDENCE_TIMEOUT_MS));
  const text = redact(collected.text, userHome() ?? '');
  const stamp = new Date(now.wallAt).toISOString().replace(/[:.]/g, '-');
  const file = join(folder, `${stamp} ${model.daemon.name.replace(/[^\w-]+/g, '_').slice(0, 40)}.md`);
  await writePrivate(file, text);
  await prune(folder);
  const { found } = collected;
  return {
    file,
    ...(found !== undefined && { found: cleanText(redact(found, userHome() ?? ''), MAX_FOUND_CHARS) }),
  };
}

/** @property found what a hang comes to; of a daemon that does not hang there is none */
interface Collected {
  readonly text: string;
  readonly found?: string;
}

async function collect(request: EvidenceRequest, signal: AbortSignal): Promise<Collected> {
  const { model, samples, owner, inspect, now } = request;
  const { daemon, track } = model;
  const nobody = daemon.target.kind === 'http' ? 'nothing listens on its port' : 'no process is known';
  const [status, facts, loop] = await Promise.all([
    inTime(request.status(), signal),
    owner ? inTime(processFacts(owner.pid, signal), signal) : nobody,
    owner && inspect ? inTime(inspectNode(owner, signal, request.onLeftOpen), signal) : undefined,
  ]);
  const { state, reason, since, asOf } = track.verdict;
  const hungForMs = stalledForMs(model, now) ?? now.monotonicMs - since.monotonicMs;
  const found = isHang(state)
    ? hangText({ hungForMs, facts, loop, ownPort: addressPort(model), runsWork: runsWork(model) })
    : undefined;
  const text = [
    `# ${escaped(`${daemon.name}: ${stateInWords(model, now)}`)}`,
    escaped(found === undefined ? `${capitalise(reasonText(reason))}.` : `It has ${found}.`),
    `Kept ${iso(now.wallAt)}, before anything was changed. ${escaped(wholePlaceOf(daemon.target))}`,
    [
      `- state since: ${iso(wallAtOf(since, now))}`,
      `- as of: ${iso(wallAtOf(asOf, now))}`,
      `- reason: ${escaped(reasonText(reason))}`,
    ].join('\n'),
    ...folded('What the daemon says', status.slice(0, MAX_STATUS_CHARS)),
    ...folded(
      `Its process${owner ? `, ${owner.pid}` : ''}`,
      typeof facts === 'string'
        ? facts
        : facts.map(([name, value]) => `${name}: ${indent(value)}`).join('\n'),
    ),
    ...(loop === undefined ? [] : folded('What its event loop holds', loop)),
    ...folded(`The last ${samples.length} samples`, samples.map(sampleLine).join('\n')),
    ...folded(
      'Which rule decided',
      trace(track.facts)
        .map(({ state, reason }) =>
          reason === undefined
            ? `  ${state}: no (${RULE_TEXTS[state]})`
            : `→ ${state}: yes, ${reasonText(reason)}`,
        )
        .join('\n'),
    ),
    '',
  ].join('\n\n');
  return { text, ...(found !== undefined && { found }) };
}

/**
 * A heading, under which an editor folds what is indented, whatever it knows of Markdown. @param title ours: what others
 * say is text
 */
function folded(title: string, text: string): readonly string[] {
  return [`## ${title}`, block(text).replace(/^(?=.)/gm, '  ')];
}

function runsWork({ track }: DaemonModel): boolean {
  return track.last?.report.sessions?.some(isLive) === true;
}

function isHang(state: DaemonState): boolean {
  const row = STATES[state];
  return row.severity !== 'plain' && row.isHang === true;
}

/** The port that the daemon itself listens on. */
function addressPort({ daemon: { target } }: DaemonModel): number | undefined {
  return target.kind === 'http' ? Number(new URL(target.origin).port) : undefined;
}

function inTime<T>(work: Promise<T>, signal: AbortSignal): Promise<T | string> {
  return orAborted(work, signal).catch((error: unknown) =>
    signal.aborted ? 'could not be had in time' : `could not be had: ${sentenceOf(error)}`,
  );
}

function sampleLine({ at, state, latencyMs, cycleAgeMs, failure }: CompactSample): string {
  const parts = [
    iso(at),
    state,
    ...(failure === undefined ? [] : [failureText(failure)]),
    ...(latencyMs === undefined ? [] : [`answered in ${latencyMs.toFixed(1)} ms`]),
    ...(cycleAgeMs === undefined ? [] : [`last cycle ${Math.round(cycleAgeMs)} ms old`]),
  ];
  return parts.join('  ');
}

function indent(text: string): string {
  return text.includes('\n') ? `\n  ${text.replaceAll('\n', '\n  ')}` : text;
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

/** As `keepEvidence` names its files: nobody else's go. */
const OWN_FILE = /^\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}-\d{3}Z [\w-]{0,40}\.md$/;

async function prune(folder: string): Promise<void> {
  // Behind a link lies a folder that is somebody else's.
  if (!(await lstat(folder)).isDirectory()) return;
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && OWN_FILE.test(entry.name))
    .map(({ name }) => name);
  await Promise.all(
    files
      .sort()
      .slice(0, -EVIDENCE_FILES_KEPT)
      .map((name) => rm(join(folder, name), { force: true })),
  );
}
