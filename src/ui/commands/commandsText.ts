import { duration } from '../../base/time';
import { plain, type PlainText } from '../shared/markdown';

/** Buttons, and commands that are named in a sentence, by their names in the manifest. */
export const SHOW_LOG = 'Show Log';
export const START_DAEMON = 'Start Daemon';
export const START_BUNDLED = 'Start Bundled Daemon';
export const STOP_SESSION = 'Stop Session';
export const MANAGE_TRUST = 'Manage Workspace Trust';
export const RUN_IN_DAEMON = 'Run in Daemon';
export const RUN_AGAIN = 'Run Again';
export const RESUME = 'Resume';
export const ADD_DAEMON = 'Add Daemon…';
export const RUN_SAMPLE = 'Run a Sample Command';
export const SHOW_HANG = 'Show Me a Hang';
export const END_DEMO = 'End Demo';

/** The box for what the rows of a fleet are filtered by. */
export const FILTER = {
  title: plain('Filter Series'),
  question: plain('A text of their labels, such as eu-west; empty for all'),
} as const;

/** @param found how many have the text */
export function filteredText(text: string, found: number, of: number): PlainText {
  if (text === '') return plain(of === 1 ? 'Show the one series' : `Show all ${of} series`);
  return plain(`Show ${found} of ${of} series: those with "${text}"`);
}

/** Which daemon or session a command is about. */
export const QUESTIONS = {
  restart: plain('Restart which daemon?'),
  stop: plain('Stop which daemon?'),
  keepEvidence: plain('Save a report of which daemon?'),
  snooze: plain('Snooze the notifications of which daemon?'),
  list: plain('Show which daemon?'),
  openDashboard: plain('Open the dashboard of which daemon?'),
  filterSeries: plain('Filter the series of which fleet?'),
  extendSession: plain('Give which session more time?'),
  runAgain: plain('Run which session again?'),
  resumeSession: plain('Resume which session?'),
  copyCommand: plain('Copy the command of which session?'),
  showOutput: plain('Show the output of which session?'),
  cancelSession: plain('Stop which session?'),
  dismissSession: plain('Dismiss which session?'),
  runInDaemon: plain('Run the command in which dispatchd?'),
  folder: plain('Run the command in which folder?'),
  watch: plain('Watch which daemon?'),
  ignore: plain('Ignore which daemon?'),
  more: plain('What else?'),
} as const;

/** What is said where there is none of them. */
export const NONE = {
  stop: plain('No daemon runs that could be stopped.'),
  ignored: plain('No ignored daemon is here right now.'),
  found: plain('No daemon was found that is not watched.'),
  failedStart: plain('No start of a daemon has failed.'),
  row: plain('Choose this on a row of the Daemons view: the row has the value.'),
  openDashboard: plain('No daemon that answers now has a page of its own.'),
  filterSeries: plain('No fleet is watched.'),
  report: plain('This report is not there any more: the newest 20 are kept.'),
  watched: plain('No daemon is watched.'),
  extendSession: plain('No session can be extended right now.'),
  runAgain: plain('No session can be run again right now.'),
  resumeSession: plain('No session can be resumed right now.'),
  copyCommand: plain('No session has a command to copy right now.'),
  showOutput: plain('No session has output to show right now.'),
  cancelSession: plain('No session can be stopped right now.'),
  dismissSession: plain('No session can be dismissed right now.'),
} as const;

/** Work under way, for the status bar. */
export const LOOKING = plain('Looking for daemons');
export const keepingEvidence = (daemon: string): PlainText => plain(`Keeping the evidence of ${daemon}`);
export const resuming = (session: string): PlainText => plain(`Resuming “${session}”`);

/** What was done, for the status bar and the log. */
export const DONE = {
  copied: plain('Diagnostics copied'),
  extended: (session: string, byMs: number) => plain(`“${session}” extended by ${duration(byMs)}`),
  stopped: (session: string) => plain(`“${session}” stopped`),
  resumed: (session: string) => plain(`“${session}” resumed`),
  runsAgain: (session: string) => plain(`“${session}” runs again`),
  runsIn: (session: string, daemon: string) => plain(`“${session}” runs in ${daemon}`),
} as const;

/** Why a command cannot do what was asked. */
export const CANNOT = {
  sessionEnded: 'This session has ended, or its daemon does not let other programs control its sessions.',
  changeSessions: (daemon: string) =>
    `${daemon} does not let other programs control its sessions. Only a dispatchd does.`,
  ofSession: (session: string, said: string) => `“${session}”: ${said}`,
  extend: (session: string, daemon: string, maxTotalMs = 0) =>
    `“${session}” cannot be extended: ${daemon} grants it ${duration(maxTotalMs)} in all.`,
  resumeLost: (daemon: string) => `${daemon} cannot resume work that a restart interrupted.`,
  runCommands: (daemon: string) =>
    `${daemon} runs only its own work. A dispatchd, such as the bundled daemon, runs any command.`,
  startFirst: (daemon: string) => `${daemon} does not run. The command was not run.`,
  openPage: (daemon: string) => `${daemon} has no page of its own.`,
  openPageOfChats: (daemon: string) => `${daemon} has no page of its own. Use ${daemon} through its chats.`,
  addBundled: 'The bundled daemon could not be added to daemonHealth.daemons.',
} as const;

/** Of an error that nobody expected. @param said its message, cleaned */
export const unexpectedText = (said: string): PlainText =>
  plain(`An error that nobody expected: ${said}. The log has more.`);

export const stopQuestion = (session: string): PlainText => plain(`Stop “${session}”?`);

export const resumeQuestion = (session: string): PlainText => plain(`Resume “${session}”?`);

/** @param id what the daemon noted as the id of a conversation, which is none by its form */
export const doubtfulId = (daemon: string, session: string, id: string): string =>
  `${daemon} noted “${id}” as the id of the conversation of “${session}”. Most agents name a conversation by a UUID, ` +
  'and this is none: another conversation may go on, a new one may begin, or the resume may fail.';

/** @param doubt about its conversation */
export const copiedWithDoubt = (doubt: string): PlainText => plain(`The command is copied. ${doubt}`);

/** @param what needs trust, as the subject of a sentence: "Restarting dispatchd", "Run Again" */
export const trustQuestion = (what: string): PlainText => plain(`${what} needs a trusted workspace.`);
export const TRUST_DETAIL = plain(
  'Commands run on this machine, as the settings of this workspace may say. ' +
    'Trust this workspace to continue. If you close the editor, nothing happens.',
);

export const SNOOZE = {
  cancel: plain('Cancel Snooze'),
  cancelDetail: plain('notify again from now on'),
  title: (daemon: string) => plain(`Snooze notifications of ${daemon}`),
  question: plain('The status bar and the tree go on showing the state'),
  forMinutes: plain('15 minutes'),
  forHour: plain('1 hour'),
  untilRestart: plain('Until the next restart'),
} as const;

/** The same in "More…" of a notification, beside other things to do. */
export const SNOOZE_IN_MORE = {
  forMinutes: plain('Snooze 15 minutes'),
  forHour: plain('Snooze 1 hour'),
  untilRestart: plain('Snooze until the next restart'),
} as const;

export const MORE = {
  never: plain("Don't Show Again…"),
  neverDetail: (state: string) => plain(`“${state}”, of any daemon`),
} as const;

export const EXTEND = {
  question: (sessions: readonly { readonly title: string; readonly timeoutMs?: number }[]) => {
    const [first, ...others] = sessions;
    const limit = first?.timeoutMs === undefined ? '' : ` (limit ${duration(first.timeoutMs)})`;
    const what = others.length > 0 ? `${sessions.length} sessions` : `“${first?.title}”${limit}`;
    return plain(`Extend ${what} by how much? Or type a time, such as 45 min`);
  },
  all: (daemon: string) => plain(`all that ${daemon} grants`),
} as const;

export const RUN = {
  title: plain(RUN_IN_DAEMON),
  typeCommand: plain('Type a command to run'),
  typeOrPick: plain('Type a command to run, or pick a recent one'),
  startWatched: (daemon: string) => plain(`${daemon} does not run. Start ${daemon}?`),
  startBundled: plain('No dispatchd runs. Start the bundled one?'),
  startDetail: plain('A dispatchd runs commands outside the editor and needs nothing else installed.'),
  noTime: (mostMs: number) => plain(`Type a time such as 45 min or 2 h, of at most ${duration(mostMs)}.`),
  howLong: plain('How long may the command run? Or type a time, such as 45 min'),
  howLongAgain: (session: string) =>
    plain(`“${session}” timed out. How long may the session run now? Or type a time, such as 45 min`),
  bundled: 'The bundled daemon',
} as const;

/** Of a daemon that hangs to be looked at. */
export const DEMO = {
  name: 'demo (hang)',
  starting: plain('Starting a demo daemon'),
  runs: plain(
    'A demo daemon runs beside yours and hangs in a few seconds: the status bar turns red. Then press Restart Daemon. ' +
      'The demo ends by itself, and your daemons and settings stay as they are.',
  ),
  ended: plain('The demo has ended'),
  none: plain('No demo runs.'),
} as const;

/** @param daemon the one that was just started for the first time */
export const firstSteps = (daemon: string): PlainText =>
  plain(`${daemon} runs. Try it with a sample command, or see what a daemon that hangs looks like.`);
