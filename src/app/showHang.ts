import * as vscode from 'vscode';
import { startDemo, sweepDemos, type DemoPrograms } from '../restart/demo';
import { DEMOS_FOLDER } from './policy';
import { Demo, type DemoDeps } from '../ui/commands/demo';

export interface ShowHangDeps extends Pick<DemoDeps, 'registry'> {
  readonly context: Pick<vscode.ExtensionContext, 'extensionUri' | 'globalStorageUri'>;
}

export type ShowHang = ReturnType<typeof createShowHang>;

/** What shows a hang. This file is a chunk of its own, loaded when that is asked for. */
export function createShowHang({ context, registry }: ShowHangDeps) {
  const built = (file: string) => vscode.Uri.joinPath(context.extensionUri, 'dist', file).fsPath;
  const programs: DemoPrograms = {
    nodePath: process.execPath,
    demoPath: built('demo.js'),
    dispatchdPath: built('dispatchd.js'),
    home: vscode.Uri.joinPath(context.globalStorageUri, DEMOS_FOLDER).fsPath,
  };
  const demo = new Demo({ registry, start: () => startDemo(programs) });
  return {
    show: () => demo.show(),
    end: () => demo.end(),
    /** Removes what demos left behind that were killed. */
    sweep: () => void sweepDemos(programs),
    dispose: () => demo.dispose(),
  };
}
