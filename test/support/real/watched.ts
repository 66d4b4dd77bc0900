import assert from 'node:assert/strict';
import { systemClock } from '../../../src/app/systemClock';
import { severityOf } from '../../../src/health/verdict';
import { createProbe } from '../../../src/kinds/probe';
import type { DaemonModel } from '../../../src/model/daemonModel';
import { readDaemons } from '../../../src/settings/daemonList';
import { Registry } from '../../../src/watch/registry';
import { listProblemText } from '../../../src/words/listProblemText';
import { reasonText } from '../../../src/words/reasons';
import { Sightings, type Seen } from './sightings';

/** A window without an editor that watches one daemon as an entry of the settings says, as often as a user may ask for. */
export class Watched extends Sightings {
  readonly #registry: Registry;

  /** @param onChange gets what is seen anew */
  constructor(
    entry: object,
    private readonly onChange: (seen: Seen) => void = () => {},
  ) {
    super();
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
      onError: (error) => this.fail(error),
    });
    this.#registry.on('stepped', (model) => this.#look(model));
    this.#registry.configure({ daemons, problems: [] });
  }

  /** As surfaces get it. */
  get model(): DaemonModel {
    return this.#registry.models[0]!;
  }

  dispose(): void {
    this.#registry.dispose();
    this.print();
  }

  #look({ track: { verdict } }: DaemonModel): void {
    const before = this.now;
    const severity = severityOf(verdict);
    this.note({ state: verdict.state, severity, why: reasonText(verdict.reason), wallAt: Date.now() });
    if (this.now && this.now !== before) this.onChange(this.now);
  }
}
