import { looked, shown, type Away, type Looks } from '../health/away';
import { LOOKED_EVERY_MS } from './policy';
import { Shared, type SharedDeps } from './shared';
import { fieldsOf, hasFields } from './stored';

/** When a window of this workspace was last looked at, and what that says of the time before. Its windows share it. */
export class LastLooks {
  readonly #shared: Shared<Looks | null>;
  #writtenAt = -Infinity;

  /** @param deps a folder that only the windows of this workspace share */
  constructor(
    deps: SharedDeps,
    private readonly onChange: () => void,
    private readonly wallAt: () => number = Date.now,
  ) {
    this.#shared = new Shared<Looks | null>({
      ...deps,
      name: 'lastLooks',
      wallAt,
      parse: (raw) => (isLooks(raw) ? raw : undefined),
      withOlder: (value) => value ?? null,
      keepForOlder: () => Promise.resolve(),
    });
    this.#shared.onDidChange(onChange);
  }

  /** The last time that nobody looked for long. */
  get away(): Away | undefined {
    return this.#shared.value?.away;
  }

  /** Somebody looks. Written now and then: a window that is closed may write nothing any more. */
  async look(isLast = false): Promise<void> {
    const nowAt = this.wallAt();
    if (!isLast && Math.abs(nowAt - this.#writtenAt) < LOOKED_EVERY_MS) return;
    this.#writtenAt = nowAt;
    // What the file says comes first: an earlier window may have been looked at.
    await this.#shared.look();
    await this.#change((looks) => looked(looks ?? undefined, nowAt));
  }

  /** What happened while nobody looked has been shown. */
  seen(): Promise<void> {
    return this.#change((looks) => (looks ? shown(looks) : looks));
  }

  dispose(): void {
    this.#shared.dispose();
  }

  async #change(change: (looks: Looks | null) => Looks | null): Promise<void> {
    const before = JSON.stringify(this.away);
    const written = this.#shared.update(change);
    if (JSON.stringify(this.away) !== before) this.onChange();
    await written;
  }
}

function isLooks(raw: unknown): raw is Looks {
  const { away } = fieldsOf(raw);
  return (
    hasFields(raw, { lookedAt: 'number' }) &&
    (away === undefined || (isGap(away, { isSeen: 'boolean' }) && isListOfGaps(fieldsOf(away)['earlier'])))
  );
}

function isGap(raw: unknown, more: Readonly<Record<string, 'boolean'>> = {}): boolean {
  return hasFields(raw, { leftAt: 'number', backAt: 'number', ...more });
}

function isListOfGaps(raw: unknown): boolean {
  return raw === undefined || (Array.isArray(raw) && raw.every((each) => isGap(each)));
}
