import assert from 'node:assert/strict';
import { CronJobs, type CronLife } from '../../../../src/kinds/ductor/cronJobs';

const at = (time: string) => Date.parse(`2026-11-26T${time}:00.000Z`);
/** A job as ductor writes one, each day at 14:00. */
const job = (changes: object = {}) => ({
  id: 'nightly',
  title: 'nightly report',
  description: '',
  schedule: '0 14 * * *',
  task_folder: 'nightly',
  agent_instruction: 'write the report',
  enabled: true,
  created_at: '2026-11-01T08:00:00.123456+00:00',
  last_run_at: '2026-11-25T14:03:00.123456+00:00',
  last_run_status: 'success',
  provider: null,
  quiet_start: null,
  quiet_end: null,
  dependency: null,
  timezone: 'UTC',
  ...changes,
});
const life = (now: string, changes: Partial<CronLife> = {}): CronLife => ({
  startedAt: at('00:00'),
  nowAt: at(now),
  zone: '',
  limitMs: 1_800_000,
  ...changes,
});
const file = (...jobs: readonly object[]) => ({ jobs });
const lateAt = async (
  now: string,
  changes: object = {},
  of: Partial<CronLife> = {},
  changedAt = at('01:00'),
) => (await new CronJobs().late(file(job(changes)), changedAt, life(now, of)))?.map(({ name }) => name);

describe('a job of a ductor', () => {
  it('is late after its time, and not before', async () => {
    assert.deepEqual(await lateAt('13:59'), []);
    assert.deepEqual(await new CronJobs().late(file(job()), at('01:00'), life('14:00')), [
      {
        name: 'nightly report',
        dueAt: at('14:00'),
        waitsSinceAt: at('01:00') + 10_000,
        mayRunUntilAt: at('14:30') + 10_000,
      },
    ]);
  });

  const rows: readonly [what: string, changes: object, of?: Partial<CronLife>, changedAt?: number][] = [
    ['it has run since', { last_run_at: '2026-11-26T14:03:00+00:00' }],
    ['it is not enabled', { enabled: false }],
    ['it has quiet hours: one that is passed over is not noted', { quiet_start: 22 }],
    ['it waits for others of its kind', { dependency: 'browser' }],
    ['it was made after its time', { created_at: '2026-11-26T14:01:00+00:00' }],
    ['its file was written after its time', {}, {}, at('14:01')],
    ['its file was written moments before its time', {}, {}, at('14:00') - 9_000],
    ['the daemon began after its time', {}, { startedAt: at('14:01') }],
    ['the daemon was still starting', {}, { startedAt: at('13:59') }],
    ['its schedule is not understood', { schedule: '@daily' }],
    ['its zone is not known', { timezone: 'Mars/Olympus' }],
    ['in its zone that is later', { timezone: 'America/New_York' }],
    ['in the zone of the config that is later', { timezone: '' }, { zone: 'America/New_York' }],
  ];
  for (const [what, changes, of, changedAt] of rows) {
    it(`is not late where ${what}`, async () => {
      assert.deepEqual(await lateAt('14:20', changes, of, changedAt), []);
    });
  }

  it('is late without a limit of its run, as long as nothing runs', async () => {
    const [late] = (await new CronJobs().late(
      file(job()),
      at('01:00'),
      life('14:20', { limitMs: undefined }),
    ))!;
    assert.equal(late?.mayRunUntilAt, Infinity);
  });

  it('is judged since it is as it is: a run of another changes the file, and not the job', async () => {
    const jobs = new CronJobs();
    const other = (last_run_at: string) => job({ id: 'other', schedule: '*/5 * * * *', last_run_at });
    await jobs.late(file(job(), other('2026-11-26T13:55:01Z')), at('13:55'), life('13:56'));
    const names = async (now: string, ...all: readonly object[]) =>
      (await jobs.late(file(...all), at('14:05'), life(now)))?.map(({ dueAt }) =>
        new Date(dueAt).toISOString(),
      );
    assert.deepEqual(await names('14:06', job(), other('2026-11-26T14:05:01Z')), [
      '2026-11-26T14:00:00.000Z',
    ]);
    assert.deepEqual(
      await names('14:06', job({ schedule: '0 14 * * 4' }), other('2026-11-26T14:05:01Z')),
      [],
    );
  });

  it('is named by its id where it has no title', async () => {
    assert.deepEqual(await lateAt('14:20', { title: '' }), ['nightly']);
  });

  it('is an hour later where the clock of its zone was moved', async () => {
    const moved = {
      timezone: 'Europe/Berlin',
      created_at: '2026-10-01T08:00:00Z',
      last_run_at: '2026-10-24T12:03:00Z',
    };
    const then = (now: string) => ({
      startedAt: Date.parse('2026-10-20T00:00:00Z'),
      nowAt: Date.parse(`2026-10-25T${now}:00Z`),
    });
    const of = async (now: string) => lateAt('00:00', moved, then(now), Date.parse('2026-10-20T00:00:00Z'));
    assert.deepEqual([await of('13:30'), await of('14:00')], [[], ['nightly report']]);
  });

  const files: readonly [what: string, value: unknown][] = [
    ['is no list of jobs', []],
    ['has a job without a schedule', file(job(), { id: 'x' })],
    ['has a run at no time', file(job({ last_run_at: 'yesterday' }))],
  ];
  for (const [what, value] of files) {
    it(`is not known where the file ${what}`, async () => {
      assert.equal(await new CronJobs().late(value, at('01:00'), life('14:20')), undefined);
    });
  }

  it('is one of a hundred at most, the earliest first', async () => {
    const many = Array.from({ length: 300 }, (_, index) =>
      job({
        id: `${index}`,
        title: `${index}`,
        schedule: `${index % 60} ${3 + Math.floor(index / 60)} * * *`,
      }),
    );
    const late = await new CronJobs().late(file(...many), at('01:00'), life('14:20'));
    assert.deepEqual([late?.length, late?.[0]?.name], [100, '0']);
  });

  it('is the same at the next look', async () => {
    const jobs = new CronJobs();
    const many = file(...Array.from({ length: 100 }, (_, index) => job({ id: `${index}` })));
    const first = await jobs.late(many, at('01:00'), life('14:20'));
    assert.deepEqual(await jobs.late(many, at('01:00'), life('14:20')), first);
  });
});
