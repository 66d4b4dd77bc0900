import { clockTime, duration } from '../base/time';
import { partText } from '../words/laneText';
import type { LoggedIncident } from '../health/loggedIncidents';
import type { Past } from '../health/past';
import {
  endText,
  incidentSentence,
  lifeDetail,
  lifeText,
  pastSentences,
  sessionText,
  whyText,
} from '../words/pastText';
import { block } from './fence';
import { redact } from './redact';
import { userHome } from '../system/userHome';

/**
 * The past as one Markdown file, for an issue or a hand-over: what a daemon says stands in code blocks, without secrets
 * and with `~` for the home directory.
 *
 * @param goesOn whether an incident goes on now
 */
export function exportPast(
  past: Past,
  goesOn: (incident: LoggedIncident) => boolean,
  homeDir = userHome() ?? '',
): string {
  const { incidents, lives, daemons, sinceAt, nowAt } = past;
  const at = (moment: number) => clockTime(moment, nowAt);
  const code = (lines: readonly string[]) =>
    block(visible(redact(lines.length === 0 ? 'none' : lines.join('\n'), homeDir)));
  const sections = [
    '# What happened, by Daemon Health',
    `From ${iso(sinceAt)} to ${iso(nowAt)}; times below are of the clock of this machine. Secrets and the home directory are left out.`,
    code(pastSentences(past, goesOn)),
    '## Incidents',
    code(
      incidents.map((incident) => {
        const open = incident.endedAt === undefined && goesOn(incident);
        return [
          `${incident.name} ${incidentSentence(incident, nowAt, open)}`,
          `  why: ${whyText(incident)}`,
          `  end: ${endText(incident, nowAt, open)}${incident.endedBy ? ` · ${lifeDetail(incident.endedBy)}` : ''}`,
          ...(incident.evidence === undefined ? [] : [`  report: ${incident.evidence}`]),
        ].join('\n');
      }),
    ),
    '## Other restarts',
    code(lives.map((life) => `${life.name} ${lifeText(life, nowAt)} · ${lifeDetail(life)}`)),
    ...daemons.flatMap(({ name, lane, sessions }, index) => [
      `## Daemon ${index + 1}`,
      code([name, ...lane.map((part) => `  ${partText(part, nowAt)}`)]),
      `### Its work`,
      code(
        sessions.map(
          (session) =>
            `${session.session.title}: from ${at(session.fromAt)}${session.endedAt === undefined ? '' : ` for ${duration(session.endedAt - session.fromAt)}`}, ${sessionText(session, nowAt)}`,
        ),
      ),
    ]),
  ];
  return `${sections.join('\n\n')}\n`;
}

/** Without what a reader cannot see: controls, and characters that change the direction of text. */
function visible(text: string): string {
  return text.replace(/[^\P{Cc}\n]|[\p{Cf}\u2028\u2029]/gu, '\ufffd');
}

function iso(moment: number): string {
  return new Date(moment).toISOString();
}
