import { readySessions, type Session } from './session';

/**
 * All sessions in the order in which they were accepted, with those that wait apart: thousands may wait, and neither a
 * status nor a cycle goes through them all.
 */
export class SessionLists {
  readonly #all = new Map<string, Session>();
  readonly #places = new Map<string, number>();
  #waiting = new Map<string, Session>();
  readonly #begun = new Map<string, Session>();
  #accepted = 0;
  /** Nothing waits any more where it waited before: its place is to be found. */
  #isInOrder = true;
  #ready: readonly Session[] | undefined;

  get(id: string): Session | undefined {
    return this.#all.get(id);
  }

  has(id: string): boolean {
    return this.#all.has(id);
  }

  set(session: Session): void {
    const { id, state } = session;
    const isNew = !this.#all.has(id);
    if (isNew) this.#places.set(id, this.#accepted++);
    this.#all.set(id, session);
    this.#ready = undefined;
    if (state.status !== 'queued') {
      this.#waiting.delete(id);
      this.#begun.set(id, session);
      return;
    }
    if (!isNew && !this.#waiting.has(id)) this.#isInOrder = false;
    this.#begun.delete(id);
    this.#waiting.set(id, session);
  }

  delete(id: string): void {
    for (const list of [this.#all, this.#places, this.#waiting, this.#begun]) list.delete(id);
    this.#ready = undefined;
  }

  all(): Session[] {
    return [...this.#all.values()];
  }

  get waitingCount(): number {
    return this.#waiting.size;
  }

  /** Those that wait, oldest first. */
  waiting(): Iterable<Session> {
    if (!this.#isInOrder) {
      this.#waiting = new Map(this.#sorted(this.#waiting.values()).map((session) => [session.id, session]));
      this.#isInOrder = true;
    }
    return this.#waiting.values();
  }

  /** Those that run or are over, oldest first. */
  begun(): Session[] {
    return this.#sorted(this.#begun.values());
  }

  /** Those that wait and could start now, oldest first; the same list until a session changes. */
  ready(): readonly Session[] {
    return (this.#ready ??= readySessions([...this.#begun.values(), ...this.waiting()]));
  }

  #sorted(sessions: Iterable<Session>): Session[] {
    return [...sessions].sort((a, b) => this.#places.get(a.id)! - this.#places.get(b.id)!);
  }
}
