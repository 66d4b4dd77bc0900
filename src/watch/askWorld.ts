import { isLive } from '../health/sessions';
import type { HealthEvent } from '../health/advance';
import { unanswered, type Question } from '../health/watched';
import type { Monitor } from './monitor';
import type { Questions } from './questions';

/** Brings the questions of daemons to the world, and the answers back; what asks is loaded with the first question. */
export class AskWorld {
  #questions: Promise<Questions> | undefined;

  /**
   * @param load loads what asks
   * @param onError what could not be loaded
   */
  constructor(
    private readonly load: () => Promise<Questions>,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** The process behind a daemon that does not name its instances is noted while the daemon has work to lose. */
  stepped({ daemon, track }: Monitor, events: readonly HealthEvent[]): void {
    if (events.some(({ kind }) => kind === 'newProcess')) {
      void this.#questions?.then(({ processes }) => processes.forget(daemon.id));
    }
    const report = track.sample?.ok ? track.sample.report : undefined;
    if (report?.traits.namesItsInstances === false && report.sessions?.some(isLive)) {
      this.#asking().then(
        ({ processes }) => processes.note(daemon),
        (error: unknown) => this.onError(error),
      );
    }
  }

  /** @param isWatched whether the monitor that asked still watches the daemon */
  async ask(monitor: Monitor, question: Question, isWatched: () => boolean): Promise<void> {
    const lostWork = async () => (await monitor.probe()).lostWork;
    const input = await this.#asking().then(
      (questions) => questions.answer(monitor.daemon, question, lostWork),
      (error: unknown) => {
        this.onError(error);
        return unanswered(question);
      },
    );
    if (isWatched()) monitor.input(input);
  }

  #asking(): Promise<Questions> {
    this.#questions ??= this.load();
    // What could not be loaded is tried again with the next question.
    this.#questions.catch(() => (this.#questions = undefined));
    return this.#questions;
  }
}
