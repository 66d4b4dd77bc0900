/** What each button of a notification says. */
export const BUTTON_LABELS = {
  restart: 'Restart Daemon',
  details: 'Show Details',
  whatHappened: 'What Happened?',
  list: 'Show List',
  more: 'More…',
  mute: "Don't Show Again",
  runAgain: 'Run Again',
  showSession: 'Show Session',
  output: 'Show Output',
  interrupted: 'Show Interrupted',
  waitLonger: 'Wait Longer',
  terminal: 'Show Terminal',
  log: 'Show Log',
  hangReport: 'Show Hang Report',
  report: 'Show Report',
} as const;

/** What a button of a message does; `buttons.ts` has the command of each. */
export type Action = keyof typeof BUTTON_LABELS;
