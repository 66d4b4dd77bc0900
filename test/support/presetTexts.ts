import { join } from 'node:path';
import type { Instant } from '../../src/base/time';
import { diagnostics, thisMachine } from '../../src/diagnostics/diagnostics';
import { appendSample } from '../../src/health/samples';
import type { DaemonModel } from '../../src/model/daemonModel';
import { incidentNotice } from '../../src/ui/notifications/noticeOf';
import { message } from '../../src/ui/notifications/notificationsText';
import type * as LogFile from '../../src/ui/shared/log';
import { renderStatus } from '../../src/ui/statusBar/statusText';
import { daemonRows } from '../../src/ui/tree/daemonRows';
import { sessionRows } from '../../src/ui/tree/sessionRows';
import { transitionLine } from '../../src/words/transitions';
import { Watch } from '../unit/health/support';
import { loadWith } from './fakeVSCode';

/** All that the surfaces, the log and the diagnostics say of a daemon. */
export function diagnosticsOf(model: DaemonModel, now: Instant): readonly string[] {
  const { verdict, last } = model.track;
  const rows = sessionRows(() => last?.report.sessions ?? []);
  const samples = appendSample([], model.track);
  const notice = incidentNotice(model, { kind: 'problem', state: verdict.state, openedAt: now }, now);
  return [
    JSON.stringify(renderStatus([model], [], now)),
    JSON.stringify([daemonRows(model, now, rows), rows.groups(model, model.daemon.id, now)]),
    JSON.stringify(message([notice], now)),
    ...logged(model),
    diagnostics({ daemons: [{ model, samples }], settings: [], problems: [], ...thisMachine(), now }),
  ];
}

function logged({ daemon, track: { verdict } }: DaemonModel): readonly string[] {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  const channel = { info: write, warn: write, error: write, trace: write, debug: write };
  const { Log } = loadWith<typeof LogFile>(
    { window: { createOutputChannel: () => channel } },
    join(__dirname, '../../src/ui/shared/log'),
  );
  const log = new Log();
  log.cleanWith((text) => text);
  const from = new Watch().track.verdict;
  log.transition(verdict, transitionLine(daemon, { kind: 'transition', from, to: verdict }));
  return lines;
}
