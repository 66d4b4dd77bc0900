import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { KINDS } from '../kinds/index';

const MARKS = KINDS.flatMap(({ folderMark }) => folderMark ?? []);

/** Whether an open folder has in it what a daemon works in, running or not. */
export class FolderMarks {
  #has = false;

  /** @param onChange called when that is another answer than before */
  constructor(
    private readonly folders: () => readonly string[],
    private readonly onChange: () => void,
  ) {}

  get has(): boolean {
    return this.#has;
  }

  /** Looks now. Never rejects. */
  async look(): Promise<void> {
    const places = this.folders().flatMap((folder) => MARKS.map((mark) => join(folder, mark)));
    const there = await Promise.all(
      places.map((place) =>
        access(place).then(
          () => true,
          () => false,
        ),
      ),
    );
    const has = there.includes(true);
    if (has === this.#has) return;
    this.#has = has;
    this.onChange();
  }
}
