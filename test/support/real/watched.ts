import assert from 'node:assert/strict';
import { systemClock } from '../../../src/app/systemClock';
import type { DaemonState, Severity } from '../../../src/health/states';
import { severityOf } from '../../../src/health/verdict';
import { createProbe } from '../../../src/kinds/probe';
import type { DaemonModel } from '../../../src/model/daemonModel';
import { readDaemons } from '../../../src/settings/daemonList';
import { Registry } from '../../../src/watch/registry';
import { listProblemText } from '../../../src/words/listProblemText';
import { reasonText } from '../../../src/words/reasons';
import { until } from '../until';

/** What was seen of a daemon at one moment. */
export interface Seen {
  readonly state: DaemonState;
  readonly severity: Severity;
  /** Why, as users read it. */
  readonly why: string;
  readonly atMs: number;
  /** Epoch ms. */
  readonly wallAt: number;
}

/** A window without an editor that watches one daemon as an entry of the settings says, as often as a user may ask for. */
export class Watched {
  readonly #registry: Registry;
  /** Each change, oldest first. */
  readonly seen: Seen[] = [];
  readonly #errors: unknown[] = [];

  constructor(entry: object) {
    const raw = [{ pollIntervalMs: 1_000, ...entry }];
    const { daemons, problems } = readDaemons(raw, { configured: true, allowRemote: false });
    assert.deepEqual(problems.map(listProblemText), []);
    this.#registry = new Registry({
      clock: systemClock,
      random: () => 0.5,
      isFocused: () => true,
      createProbe: (target, kind, asks) =>
        Promise.resolve(createProbe(target, { kind, ...(asks && { asks }) })),
      recall: () => ({}),
      onError: (error) => this.#errors.push(error),
    });
    this.#registry.on('stepped', (model) => this.#note(model));
    this.#registry.configure({ daemons, problems: [] });
  }

  /** As surfaces get it. */
  get model(): DaemonModel {
    return this.#registry.models[0]!;
  }

  get now(): Seen | undefined {
    return this.seen.at(-1);
  }

  /** What was seen besides these; `[]` where it was never anything else. */
  besides(...states: readonly DaemonState[]): readonly string[] {
    return this.seen
      .filter(({ state }) => !states.includes(state))
      .map(({ state, why }) => `${state}: ${why}`);
  }

  /** What was seen before tells nothing any more. */
  forget(): void {
    this.seen.splice(0, this.seen.length - 1);
  }

  /** Resolves once it is in this state. @returns what is seen then, and how long that took */
  async reaches(state: DaemonState, withinMs: number): Promise<Seen & { readonly tookMs: number }> {
    const startedMs = performance.now();
    const told = () =>
      this.seen.map((seen) => `${Math.round(seen.atMs - startedMs)} ms: ${seen.state}: ${seen.why}`);
    const isThere = () => {
      if (this.#errors.length > 0) throw this.#errors[0];
      return this.now?.state === state;
    };
    await until(isThere, state, withinMs).catch((error: unknown) => {
      throw new Error(`${(error as Error).message}; seen:\n${told().join('\n')}`);
    });
    return { ...this.now!, tookMs: performance.now() - startedMs };
  }

  /** Watches on for so long. */
  async keeps(forMs: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, forMs));
  }

  dispose(): void {
    this.#registry.dispose();
  }

  #note({ track }: DaemonModel): void {
    const { verdict } = track;
    const why = reasonText(verdict.reason);
    if (this.now?.state === verdict.state && this.now.why === why) return;
    this.seen.push({
      state: verdict.state,
      severity: severityOf(verdict),
      why,
      atMs: performance.now(),
      wallAt: Date.now(),
    });
  }
}
