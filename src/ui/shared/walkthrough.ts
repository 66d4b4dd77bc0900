import * as vscode from 'vscode';
import { WALKTHROUGH_READ_MS } from '../policy';

/** The steps in package.json tick a second time by this context key. */
const LOOKED_AGAIN = 'daemonHealth.looksAgain';

/**
 * Ticks the steps of the walkthrough that were done before its page was first opened in this window. VS Code reads the
 * walkthroughs when that page opens, takes a condition that is true by then for told already, and never ticks its step
 * (seen in VS Code 1.139). Each step has therefore a second condition, which becomes true for a moment when the page is there.
 */
export function tickStepsDoneBefore(): vscode.Disposable {
  const timers = new Set<NodeJS.Timeout>();
  const after = (ms: number) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      for (const isTrue of [true, false])
        void vscode.commands.executeCommand('setContext', LOOKED_AGAIN, isTrue);
    }, ms);
    timers.add(timer);
  };
  const opened = vscode.window.tabGroups.onDidChangeTabs(({ opened }) => {
    // The page of a walkthrough has no input that the interface of VS Code names.
    if (opened.some(({ input }) => input === undefined)) WALKTHROUGH_READ_MS.forEach(after);
  });
  return new vscode.Disposable(() => {
    opened.dispose();
    timers.forEach(clearTimeout);
  });
}
