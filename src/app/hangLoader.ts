import { readdir } from 'node:fs/promises';
import * as vscode from 'vscode';
import { Lazy } from './lazy';
import { DEMOS_FOLDER } from './policy';
import type { ShowHang, ShowHangDeps } from './showHang';

/** What shows a hang is a chunk of its own, loaded when that is asked for. */
export class HangLoader implements vscode.Disposable {
  readonly #shown: Lazy<ShowHang>;

  constructor(
    private readonly deps: ShowHangDeps,
    onError: (error: unknown) => void,
  ) {
    this.#shown = new Lazy(async () => (await import('./showHang')).createShowHang(deps), onError);
  }

  get(): Promise<ShowHang> {
    return this.#shown.get();
  }

  /** Removes what is left of a demo whose window and program were both killed. Never rejects. */
  async sweep(): Promise<void> {
    const folder = vscode.Uri.joinPath(this.deps.context.globalStorageUri, DEMOS_FOLDER);
    const left = await readdir(folder.fsPath).catch(() => []);
    if (left.length > 0) this.#shown.pass((shown) => shown.sweep());
  }

  dispose(): void {
    this.#shown.dispose();
  }
}
