import { release, type } from 'node:os';
import type { DaemonModel } from '../model/daemonModel';
import { wholePlaceOf } from '../model/target';
import { isRecovering, wasTold } from '../health/incident';
import type { Fleet } from '../health/progress';
import type { Report } from '../health/report';
import { type Instant, duration, wallAtOf } from '../base/time';
import type { CompactSample } from '../health/samples';
import { cyclesOf } from '../health/staleness';
import { trace } from '../health/verdict';
import { failureText, malformedText, unavailableText } from '../words/causes';
import { historyText } from '../words/historyText';
import { reasonText } from '../words/reasons';
import { RULE_TEXTS } from '../words/rules';
import { looksOf, STATE_LABELS } from '../words/states';
import { block as fenced, fenceFor } from './fence';
import { redact, redactValue } from './redact';
import { stripText } from '../words/timelineText';
import { MAX_SESSIONS, MAX_BLOCK_CHARS } from './policy';
import { userHome } from '../system/userHome';

/** One of the extension's settings, where it was set. The first of a key is the one in force. */
export interface SettingValue {
  readonly key: string;
  readonly scope: 'workspace folder' | 'workspace' | 'user' | 'default';
  readonly value: unknown;
}

export interface DiagnosticsInput {
  readonly daemons: readonly { readonly model: DaemonModel; readonly samples: readonly CompactSample[] }[];
  readonly settings: readonly SettingValue[];
  /** What is wrong in the settings. */
  readonly problems: readonly string[];
  /** Name and version of what takes part. */
  readonly versions: Readonly<Record<string, string>>;
  readonly homeDir: string;
  readonly now: Instant;
}

/** What the diagnostics tell of this machine. */
export function thisMachine(): Pick<DiagnosticsInput, 'versions' | 'homeDir'> {
  return {
    versions: {
      'operating system': `${type()} ${release()} ${process.arch}`,
      'Node.js': process.versions.node,
    },
    homeDir: userHome() ?? '',
  };
}

/**
 * Everything needed to understand a verdict from afar, as Markdown that is safe to paste: all that a daemon or a
 * setting says stands in code blocks, without secrets, bounded, and with `~` for the home directory.
 */
export function diagnostics(input: DiagnosticsInput): string {
  const { daemons, settings, problems, versions, now } = input;
  const sections = [
    '# Daemon Health diagnostics',
    `Taken ${iso(now.wallAt)}. Secrets, values of environment variables and the home directory are left out.`,
    ...daemons.flatMap(({ model, samples }) => daemonSections(model, samples, input)),
    ...(daemons.length === 0 ? ['No daemon is watched.'] : []),
    '## Settings',
    block(settings.map((setting) => settingLine(setting, input)).join('\n'), input),
    ...(problems.length > 0 ? ['Problems in the settings:', block(problems.join('\n'), input)] : []),
    '## Versions',
    block(columns(Object.entries(versions)), input),
  ];
  return `${sections.join('\n\n')}\n`;
}

function daemonSections(
  model: DaemonModel,
  samples: readonly CompactSample[],
  input: DiagnosticsInput,
): readonly string[] {
  const { daemon, track, history } = model;
  const { last } = track;
  return [
    `## Daemon ${inlineCode(daemon.name, input)}`,
    block(columns(verdictLines(model, input.now)), input),
    'Rules, in their order; the first that matches (`>`) decides:',
    block(traceLines(model), input),
    '### History',
    block(history ? `${historyText(history.summary)}\n${stripText(history.segments)}` : 'none', input),
    `### Last ${samples.length} samples`,
    block(samples.map(sampleLine).join('\n'), input),
    `### Last answer${last ? `, ${age(last.at, input.now)} ago` : ''}`,
    block(last ? reportText(last.report, input.homeDir) : 'It never answered.', input),
  ];
}

function verdictLines({ daemon, track, snooze }: DaemonModel, now: Instant): [string, string][] {
  const { verdict, incident, sample, streak } = track;
  const failure = sample && !sample.ok ? failureText(sample.failure) : undefined;
  const lines: [string, string | undefined][] = [
    [
      daemon.target.kind === 'http' ? 'address' : daemon.target.kind,
      `${wholePlaceOf(daemon.target)}, polled every ${duration(daemon.pollIntervalMs)}`,
    ],
    ['state', looksOf(verdict).label],
    ['reason', reasonText(verdict.reason)],
    ['since', `${iso(wallAtOf(verdict.since, now))} (${age(verdict.since, now)} ago)`],
    ['as of', `${iso(wallAtOf(verdict.asOf, now))} (${age(verdict.asOf, now)} ago)`],
    ['failing', failure && `${failure} (${streak?.count ?? 1} in a row)`],
    [
      'incident',
      incident
        ? `${STATE_LABELS[incident.state].label}, open since ${iso(wallAtOf(incident.openedAt, now))}, ` +
          `${wasTold(incident) ? 'told' : 'not told'}${isRecovering(track) ? ', recovering' : ''}`
        : 'none',
    ],
    ['seen up', track.seenUpAt === undefined ? 'never' : iso(track.seenUpAt)],
    ['snoozed', snooze && (snooze.kind === 'until' ? `until ${iso(snooze.untilAt)}` : 'until restart')],
    ['flapping', track.flapping ? 'yes' : undefined],
  ];
  return lines.filter((line): line is [string, string] => line[1] !== undefined);
}

function traceLines({ track }: DaemonModel): string {
  const rules = trace(track.facts);
  const decisive = rules.findIndex(({ reason }) => reason !== undefined);
  return rules
    .map(({ state, reason }, index) => {
      const mark = index === decisive ? '>' : reason === undefined ? ' ' : '+';
      return `${mark} ${STATE_LABELS[state].label.padEnd(13)} ${RULE_TEXTS[state]}${reason === undefined ? '' : ` → ${reasonText(reason)}`}`;
    })
    .join('\n');
}

function sampleLine({ at, state, latencyMs, cycleAgeMs, failure }: CompactSample): string {
  const parts = [
    iso(at),
    STATE_LABELS[state].label.padEnd(13),
    ...(latencyMs === undefined ? [] : [`${latencyMs.toFixed(1)} ms`]),
    ...(cycleAgeMs === undefined ? [] : [`cycle ${duration(cycleAgeMs)} ago`]),
    ...(failure === undefined ? [] : [failureText(failure)]),
  ];
  return parts.join('  ');
}

/** What the daemon said, as it was understood, with times that can be read. */
function reportText(report: Report, homeDir: string): string {
  const sessions = report.sessions?.slice(0, MAX_SESSIONS);
  const left = (report.sessions?.length ?? 0) - (sessions?.length ?? 0);
  const shown = redactValue(printed({ ...report, ...(sessions && { sessions }) }), homeDir);
  const text = JSON.stringify(shown, (key, value: unknown) => (isTime(key, value) ? iso(value) : value), 1);
  return left > 0 ? `${text}\nand ${left} more sessions` : text;
}

/** The fields of a report by the names that the daemon's answer has for them; what the answer can tell is no field of it. */
function printed(report: Report): Record<string, unknown> {
  const { startedAt, completedAt, stale } = cyclesOf(report);
  const cycles = { lastPollStartedAt: startedAt, lastPollCompletedAt: completedAt, pollStale: stale };
  return Object.fromEntries(
    Object.entries(report).flatMap(([name, value]: [string, unknown]): [string, unknown][] => {
      if (name === 'traits') return [];
      if (name === 'malformed') return [[name, report.malformed.map((field) => malformedText([field]))]];
      if (name === 'unavailable') return [['unavailableReason', unavailableText(report.unavailable!)]];
      if (name === 'progress' && report.progress.kind === 'fleet') return [[name, inBounds(report.progress)]];
      const isCycles = name === 'progress' && report.progress.kind !== 'signs';
      return isCycles ? Object.entries(cycles) : [[name, value]];
    }),
  );
}

/** A fleet with the worst of its series; a value is for who is asked to help, and not for a table. */
function inBounds(fleet: Fleet): object {
  const { series, ...rest } = fleet;
  return { ...rest, series: series.length, first: series.slice(0, MAX_SESSIONS) };
}

function isTime(key: string, value: unknown): value is number {
  return typeof value === 'number' && (key.endsWith('At') || key === 'daemonNow');
}

function settingLine({ key, scope, value }: SettingValue, { homeDir }: DiagnosticsInput): string {
  return `${key} (${scope}): ${JSON.stringify(redactValue(value, homeDir)) ?? 'undefined'}`;
}

/** Redacted first and cut then: half a token might not look like one. */
function block(text: string, { homeDir }: DiagnosticsInput): string {
  const clean = visible(redact(text, homeDir));
  return fenced(clean.length > MAX_BLOCK_CHARS ? `${clean.slice(0, MAX_BLOCK_CHARS)}\n… cut` : clean);
}

function inlineCode(text: string, { homeDir }: DiagnosticsInput): string {
  const line = visible(redact(text, homeDir)).replace(/\s+/g, ' ');
  const fence = fenceFor(line);
  return `${fence} ${line} ${fence}`;
}

/** Without what a reader cannot see: controls, and characters that change the direction of text. */
function visible(text: string): string {
  return text.replace(/[^\P{Cc}\n]|[\p{Cf}\u2028\u2029]/gu, '\ufffd');
}

function columns(lines: readonly (readonly [string, string])[]): string {
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n');
}

function age(since: Instant, now: Instant): string {
  return duration(now.monotonicMs - since.monotonicMs);
}

function iso(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? String(at) : date.toISOString();
}
