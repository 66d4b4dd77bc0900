/** Runs inside the extension host: what activating costs it, for Daemon Health and for extensions that do nothing. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { startUsage, type Usage } from './measure';

export interface ActivationPlan {
  /** Extension ids in the order of activation. */
  readonly order: readonly string[];
  readonly resultFile: string;
  /** How long to look at what follows an activation. */
  readonly followUpMs: number;
}

export interface Activation {
  readonly id: string;
  /** From `Extension.activate()` until its promise is settled: reading, compiling, running, and VS Code's part. */
  readonly activation: Usage;
  /** What the extension host did in the time that followed. */
  readonly followUp: Usage;
}

const QUIET_SLICE_MS = 200;
/** An idle extension host stays under it. */
const QUIET_CPU_MS = 3;
const QUIET_SLICES = 3;
const QUIET_DEADLINE_MS = 6_000;

export async function run(): Promise<void> {
  const plan = JSON.parse(readFileSync(join(__dirname, 'activationPlan.json'), 'utf8')) as ActivationPlan;
  const activations: Activation[] = [];
  for (const id of plan.order) {
    const extension = vscode.extensions.getExtension(id);
    if (!extension) throw new Error(`There is no extension ${id}.`);
    if (extension.isActive) throw new Error(`${id} is active already.`);
    await untilQuiet();
    const endActivation = startUsage();
    await extension.activate();
    const activation = endActivation();
    const endFollowUp = startUsage();
    await delay(plan.followUpMs);
    activations.push({ id, activation, followUp: endFollowUp() });
  }
  writeFileSync(plan.resultFile, JSON.stringify(activations));
}

/** Waits until nothing else, such as VS Code's own extensions, is still starting in this process. */
async function untilQuiet(): Promise<void> {
  const startedMs = performance.now();
  for (let quiet = 0; quiet < QUIET_SLICES;) {
    const end = startUsage();
    await delay(QUIET_SLICE_MS);
    quiet = end().cpuMs < QUIET_CPU_MS ? quiet + 1 : 0;
    if (performance.now() - startedMs > QUIET_DEADLINE_MS) return;
  }
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
