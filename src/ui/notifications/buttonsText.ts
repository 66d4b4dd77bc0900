import type { Action } from './notice';

/** What each button of a notification says. */
export const BUTTON_LABELS: Readonly<Record<Action, string>> = {
  restart: 'Restart Daemon',
  details: 'Show Details',
  list: 'Show List',
  more: 'More…',
  mute: "Don't Show Again",
  runAgain: 'Run Again',
  showSession: 'Show Session',
  output: 'Show Log',
  interrupted: 'Show Interrupted',
  waitLonger: 'Wait Longer',
  terminal: 'Show Terminal',
  log: 'Show Log',
};
