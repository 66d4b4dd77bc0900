import { CLOSE_DELAY_MS } from '../policy';
import { plain, type LinkedText } from '../shared/markdown';
import { inLinkedNotification } from '../shared/say';

const NO_TEXT: LinkedText = plain('');

interface Shown {
  readonly say: (text: LinkedText) => void;
  readonly close: () => void;
}

/** One notification whose text changes, there as long as there is a text. */
export class Ticker {
  #shown: Shown | undefined;
  #text: LinkedText = NO_TEXT;

  /** @param onRejected called where VS Code did not take the notification, which is closed then */
  constructor(private readonly onRejected: (error: unknown) => void) {}

  show(text: LinkedText): void {
    if (text === NO_TEXT) this.dispose();
    else {
      this.#shown ??= this.#open();
      if (text !== this.#text) this.#shown.say(text);
    }
    this.#text = text;
  }

  dispose(): void {
    this.#shown?.close();
    this.#shown = undefined;
  }

  /** VS Code starts the task of a progress only after a while: what is said until then is kept. */
  #open(): Shown {
    let message = NO_TEXT;
    let draw: (message: LinkedText) => void = () => undefined;
    let close = (): void => undefined;
    const closed = new Promise<void>((resolve) => (close = resolve));
    const shown: Shown = {
      say: (next) => {
        message = next;
        draw(next);
      },
      // Not at once: what a message says instead comes in the same moment, and VS Code, hiding its last toast, may
      // hide that one with it.
      close: () => void setTimeout(close, CLOSE_DELAY_MS),
    };
    inLinkedNotification((report) => {
      draw = report;
      draw(message);
      return closed;
    }).catch((error: unknown) => {
      if (this.#shown === shown) this.#shown = undefined;
      this.#text = NO_TEXT;
      this.onRejected(error);
    });
    return shown;
  }
}
