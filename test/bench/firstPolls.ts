import { join } from 'node:path';
import { ROUNDS, median } from './measure';
import { extensionDir, oldExtensionDir } from './places';
import { atMost, ms, times, type Part } from './report';
import { watch } from './watching';
import type { Measured } from './watcher';

const LIMIT = 0.75;
const SESSIONS = 10;
/** A poll of the first second, and what is loaded for it. */
const FIRST_MS = 1_000;

/**
 * CPU of what follows an activation: what is loaded then, undici too, and the first polls. Against the version of
 * commit cf91ddc as it shipped, in turns, each activation in a process of its own.
 */
export async function measureFirstPolls(node: string): Promise<Part> {
  const rounds: { newMs: number; oldMs: number }[] = [];
  while (rounds.length < ROUNDS) {
    rounds.push({ oldMs: await firstOf(oldExtensionDir, node), newMs: await firstOf(extensionDir, node) });
  }
  const ratio = median(rounds.map(({ newMs, oldMs }) => newMs / oldMs));
  return {
    figures: { rounds, ratio },
    tables: [
      {
        title: `CPU of the ${FIRST_MS / 1_000} s after activation, one daemon with ${SESSIONS} sessions`,
        method: ['What is loaded then, and the first polls; each activation in a process of its own.'],
        head: ['', 'CPU'],
        rows: [
          ['commit cf91ddc', ms(median(rounds.map(({ oldMs }) => oldMs)))],
          ['Daemon Health', ms(median(rounds.map(({ newMs }) => newMs)))],
        ],
      },
    ],
    targets: [atMost("CPU of the first polls after activation, against cf91ddc's", LIMIT, ratio, times)],
  };
}

async function firstOf(dir: string, node: string): Promise<number> {
  const spec = { kind: 'dispatchd', daemons: 1, sessions: SESSIONS, active: SESSIONS } as const;
  const extensionFile = join(dir, 'dist', 'extension.js');
  const everyMs = 5_000;
  const { ask, end } = await watch(node, spec, {
    kind: 'activation',
    treeVisible: true,
    everyMs,
    extensionFile,
  });
  try {
    return (await ask<Measured>({ do: 'activate', forMs: FIRST_MS })).cpuMs;
  } finally {
    end();
  }
}
