import { EventEmitter } from 'node:events';

/** Tells events to listeners of which none stops another one: what a listener throws goes to `onError`. */
export class Guarded<Events extends Record<keyof Events, unknown[]>> extends EventEmitter<Events> {
  constructor(private readonly onError: (error: unknown) => void) {
    super();
  }

  protected tell<K extends keyof Events & string>(name: K, ...args: Events[K]): void {
    for (const listener of this.rawListeners(name as never)) {
      try {
        (listener as unknown as (...all: Events[K]) => void).apply(this, args);
      } catch (error) {
        this.onError(error);
      }
    }
  }
}
