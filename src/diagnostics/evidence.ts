import { lstat, readdir, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { DaemonModel } from '../model/daemonModel';
import { wholePlaceOf } from '../model/target';
import { EVIDENCE_FILES_KEPT, EVIDENCE_TIMEOUT_MS, MAX_STATUS_CHARS } from './policy';
import type { Instant } from '../base/time';
import { orAborted } from '../base/wait';
import type { CompactSample } from '../health/samples';
import { trace } from '../health/verdict';
import { failureText } from '../words/causes';
import { sentenceOf } from '../words/errors';
import { reasonText } from '../words/reasons';
import { RULE_TEXTS } from '../words/rules';
import { stalledForMs, stateInWords } from '../words/states';
import { block, escaped } from './fence';
import { redact } from './redact';
import { hangText } from './hangText';
import { inspectNode } from './inspectNode';
import { processFacts } from './processFacts';
import { writePrivate } from '../system/privateFile';
import type { ProcessInfo } from '../system/processTable';

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
 *
 * @returns the file
 */
export async function keepEvidence(request: EvidenceRequest): Promise<string> {
  const { model, folder, now } = request;
  const text = redact(await collect(request, AbortSignal.timeout(EVIDENCE_TIMEOUT_MS)), homedir());
  const stamp = new Date(now.wallAt).toISOString().replace(/[:.]/g, '-');
  const file = join(folder, `${stamp} ${model.daemon.name.replace(/[^\w-]+/g, '_').slice(0, 40)}.md`);
  await writePrivate(file, text);
  await prune(folder);
  return file;
}

async function collect(request: EvidenceRequest, signal: AbortSignal): Promise<string> {
  const { model, samples, owner, inspect, now } = request;
  const { daemon, track } = model;
  const nobody = daemon.target.kind === 'http' ? 'nothing listens on its port' : 'no process is known';
  const [status, facts, loop] = await Promise.all([
    inTime(request.status(), signal),
    owner ? inTime(processFacts(owner.pid, signal), signal) : nobody,
    owner && inspect ? inTime(inspectNode(owner, signal, request.onLeftOpen), signal) : undefined,
  ]);
  const found = hangText({
    hungForMs: stalledForMs(model, now),
    facts,
    loop,
    ownPort: addressPort(model),
  });
  return [
    `# ${escaped(`${daemon.name}: ${stateInWords(model, now)}`)}`,
    ...(found === undefined ? [] : [escaped(found)]),
    `Kept ${iso(now.wallAt)}, before anything was changed. ${escaped(wholePlaceOf(daemon.target))}`,
    [
      `- state since: ${iso(track.verdict.since.wallAt)}`,
      `- as of: ${iso(track.verdict.asOf.wallAt)}`,
      `- reason: ${escaped(reasonText(track.verdict.reason))}`,
    ].join('\n'),
    '## What the daemon says',
    block(status.slice(0, MAX_STATUS_CHARS)),
    `## Its process${owner ? `, ${owner.pid}` : ''}`,
    block(
      typeof facts === 'string'
        ? facts
        : facts.map(([name, value]) => `${name}: ${indent(value)}`).join('\n'),
    ),
    ...(loop === undefined ? [] : ['## What its event loop holds', block(loop)]),
    `## The last ${samples.length} samples`,
    block(samples.map(sampleLine).join('\n')),
    '## Which rule decided',
    block(
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
