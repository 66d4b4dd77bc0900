import { freePort } from '../support/freePort';
import { SmithyProcess } from '../support/smithyProcess';
import { wait, withFleet } from './fleet';
import type { Row } from './rows';
import type { Seen } from './seen';
import { built } from './watching';

const AT_ONCE = 20;
/** So long there is nobody: what is asked ever more seldom is asked most seldom then. */
const AWAY_MS = 60_000;
const PAIRS = 10;
const FOUND_SECONDS = 6;

/** A daemon that was away for a minute and was started again by hand. */
export async function startedByHand(): Promise<readonly Row[]> {
  return withFleet(AT_ONCE, {}, async (fleet) => {
    await Promise.all(fleet.smithys.map((smithy) => smithy.kill()));
    await wait(AWAY_MS);
    const values = await fleet.atEachPhase(async (smithy) => {
      await smithy.start();
      const startedAt = Date.now();
      const seen = await fleet.watching.step(
        smithy.url,
        startedAt,
        'was never seen',
        ({ hasAnswered }) => hasAnswered,
      );
      return (seen.at - startedAt) / 1e3;
    });
    return [
      { what: 'started by hand after 60 s: seen', values, unit: 's', wanted: { atMost: FOUND_SECONDS } },
    ];
  });
}

/** As a smithy does that is started while its port is taken: it moves to the next one, on the same database. */
export async function second(): Promise<readonly Row[]> {
  const ports = await Promise.all(Array.from({ length: PAIRS }, freePort));
  return withFleet(PAIRS, { discovery: true, ports }, async (fleet) => {
    const seconds = fleet.smithys.map((_, n) => new SmithyProcess(fleet.project(n), [built('smithyMain')]));
    try {
      const values = await fleet.atEachPhase(async (first, n) => {
        await seconds[n]!.startAt(first.port + 1);
        const startedAt = Date.now();
        const isFound = (seen: Seen): seen is Seen =>
          seen.is === 'conflicts' && seen.ports.includes(seconds[n]!.port);
        const { at } = await fleet.watching.first(`nobody found ${seconds[n]!.port}`, isFound);
        return (at - startedAt) / 1e3;
      });
      return [
        {
          what: 'second smithy on one database: found',
          values,
          unit: 's',
          wanted: { atMost: FOUND_SECONDS },
        },
      ];
    } finally {
      await Promise.all(seconds.map((smithy) => smithy.kill()));
    }
  });
}
