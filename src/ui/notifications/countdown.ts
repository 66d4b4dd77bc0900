import type { DaemonId } from '../../health/report';
import * as vscode from 'vscode';
import type { Clock, Instant } from '../../base/time';
import type { TimedOut } from '../../health/deadlines';
import { countdown, type CountedDaemon, type Entry } from '../../health/countdown';
import type { DaemonModel } from '../../model/daemonModel';
import { COUNTDOWN_CLAIM_MS, CLOSE_DELAY_MS } from '../policy';
import { answersForSessions } from '../shared/usable';
import { countdownText, timedOutText } from './countdownText';
import type { ToldFor } from '../../store/speakerTurn';
import { NO_TEXT, type LinkedText } from '../shared/markdown';
import { sessionRowId } from '../tree/rowIds';
import { inLinkedNotification, say, type Buttons } from '../shared/say';

/** Who may tell the user something, and what. */
export interface Speaker {
  /** Whether the user wants messages of this level about this daemon now. */
  wants(level: 'error' | 'warning' | 'info', daemonId: DaemonId): boolean;
  /** Whether this window is the one to tell `key`. */
  maySpeak(key: string, stillWanted: () => boolean, toldFor?: ToldFor): Promise<boolean>;
}

export interface CountdownDeps {
  readonly clock: Clock;
  readonly models: () => readonly DaemonModel[];
  readonly voice: Speaker;
  readonly log: (line: string) => void;
}

const SHOW_SESSION = 'Show Session';
const BUTTONS: Readonly<Record<string, string>> = {
  'Run Again': 'daemonHealth.runAgain',
  [SHOW_SESSION]: 'daemonHealth.showDetails',
  'Show Log': 'daemonHealth.showOutput',
};

interface Asked {
  readonly entry: Entry;
  /** Monotonic. */
  readonly atMs: number;
  /** As far as is known. */
  may: boolean;
  isPending: boolean;
}

interface Shown {
  readonly say: (message: LinkedText) => void;
  readonly close: () => void;
}

/** The countdown before a time-out: one notification for all sessions, which ends by itself. */
export class Countdown implements vscode.Disposable {
  #shown: Shown | undefined;
  #text: LinkedText = NO_TEXT;
  #disposed = false;
  /** Whether this window may count a session down. */
  readonly #may = new Map<string, Asked>();

  constructor(private readonly deps: CountdownDeps) {}

  /** Called after every poll, and when time alone changed what the countdown shows. */
  update(): void {
    this.#draw();
  }

  /** A deadline has ended this session. */
  async tellTimedOut({ daemon }: DaemonModel, event: TimedOut): Promise<void> {
    const { id: daemonId } = daemon;
    const { session } = event;
    const text = timedOutText(daemon.name, event);
    this.deps.log(`[${daemon.name}] ${text}`);
    const isWanted = () => this.deps.voice.wants('error', daemonId);
    if (!isWanted()) return;
    if (!(await this.deps.voice.maySpeak(`${daemonId} timed out ${session.id}`, isWanted))) return;
    // Only of a dispatchd's work there is more to be had.
    const isOurs = this.deps
      .models()
      .some((model) => model.daemon.id === daemonId && answersForSessions(model));
    const buttons: Buttons = isOurs ? ['Run Again', SHOW_SESSION, 'Show Log'] : [SHOW_SESSION];
    // Only an error with buttons stays on screen until somebody answers it.
    const choice = await say('error', text, ...buttons);
    const command = choice === undefined ? undefined : BUTTONS[choice];
    if (command !== undefined)
      await vscode.commands.executeCommand(command, sessionRowId(daemonId, session.id));
  }

  #daemons(): readonly CountedDaemon[] {
    return this.deps
      .models()
      .map(({ daemon, deadlines }) => ({ daemonId: daemon.id, name: daemon.name, deadlines }));
  }

  dispose(): void {
    this.#disposed = true;
    this.#shown?.close();
    this.#shown = undefined;
  }

  #draw(): void {
    const now = this.deps.clock.now();
    const daemons = this.#daemons();
    const text = countdownText(this.#allowed(countdown(daemons, now), now));
    if (text === '') {
      this.#shown?.close();
      this.#shown = undefined;
    } else {
      this.#shown ??= open();
      if (text !== this.#text) this.#shown.say(text);
    }
    this.#text = text;
  }

  #allowed(entries: readonly Entry[], now: Instant): readonly Entry[] {
    for (const [key, { entry }] of this.#may) if (!this.#isWatched(entry)) this.#may.delete(key);
    return entries.filter((entry) => {
      if (!this.deps.voice.wants('warning', entry.daemonId)) return false;
      const key = `${entry.daemonId} countdown ${entry.session.id}`;
      const asked = this.#may.get(key);
      // The window that counts it down may be closed, or loaded anew, meanwhile.
      const isDue = !asked || (!asked.isPending && now.monotonicMs - asked.atMs >= COUNTDOWN_CLAIM_MS);
      if (isDue)
        void this.#ask(key, { entry, atMs: now.monotonicMs, may: asked?.may === true, isPending: true });
      return asked?.may === true;
    });
  }

  /** One window counts a session down from its start to its end, whatever extends it. */
  async #ask(key: string, asked: Asked): Promise<void> {
    const isWatched = () => this.#isWatched(asked.entry);
    this.#may.set(key, asked);
    asked.may = await this.deps.voice.maySpeak(key, isWatched, 'whileOpen');
    asked.isPending = false;
    if (isWatched()) this.#draw();
  }

  #isWatched({ daemonId, session }: Entry): boolean {
    const daemon = this.#daemons().find((each) => each.daemonId === daemonId);
    return !this.#disposed && daemon?.deadlines?.watched.has(session.id) === true;
  }
}

/** VS Code starts the task of a progress only after a while: what is said until then is kept. */
function open(): Shown {
  let message = NO_TEXT;
  let draw: (message: LinkedText) => void = () => undefined;
  let close = (): void => undefined;
  const closed = new Promise<void>((resolve) => (close = resolve));
  void inLinkedNotification((report) => {
    draw = report;
    draw(message);
    return closed;
  });
  return {
    say: (next) => {
      message = next;
      draw(next);
    },
    // Not at once: what a message says instead comes in the same moment, and VS Code, hiding its last toast, may
    // hide that one with it.
    close: () => void setTimeout(close, CLOSE_DELAY_MS),
  };
}
