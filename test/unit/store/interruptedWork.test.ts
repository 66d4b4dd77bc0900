import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SmithyAgents } from '../../../src/kinds/smithy/agents';
import { lostOf } from '../../../src/health/interrupted';
import type { Session } from '../../../src/health/report';
import type { WorkspaceMemory } from '../../../src/store/workspaceMemory';
import { sessionRows } from '../../../src/ui/tree/sessionRows';
import { daemonRows } from '../../../src/ui/tree/daemonRows';
import { MemoryMemento, memoryOver } from '../../support/memento';
import { Steps } from '../health/steps';
import { FakeTime, goodReport } from '../health/support';
import { HOSTILE, daemon } from '../ui/support';

const LOST: Session = {
  id: 'session-1',
  title: 'e-worker-9-write-the-release-notes',
  status: 'interrupted',
  role: 'worker',
  agentId: 'el-1',
  providerSessionId: 'conversation-1',
  cwd: '/project/.stoneforge/.worktrees/e-worker-9-write-the-release-notes',
  wasLost: true,
};
const UNKNOWN: Session = { id: 'session-2', title: 'director', status: 'interrupted' };

/** A smithy that lost something, with what keeps it. */
class Room {
  readonly time = new FakeTime();
  readonly state = new MemoryMemento();
  readonly #daemon = daemon('smithy', 3457);
  /** How often the list of what is lost became another one, to be drawn. */
  draws = 0;
  writes = 0;
  kept = this.open();
  steps = new Steps({}, this.time);

  /** The store as the next window opens it. */
  open(): WorkspaceMemory {
    const state = {
      keys: () => this.state.keys(),
      get: <T>(key: string) => this.state.get<T>(key),
      update: (key: string, value: unknown) => {
        this.writes++;
        // As VS Code does: what is kept is JSON.
        return this.state.update(key, JSON.parse(JSON.stringify(value)));
      },
    };
    return (this.kept = memoryOver(state));
  }

  /** The next window: nothing is known but what was kept. */
  reload(): this {
    this.steps = new Steps({ lost: this.open().recall(this.#daemon.id).lost ?? [] }, this.time);
    return this;
  }

  get model() {
    const { track, lost } = this.steps.watched;
    const shown = track.last ? lostOf(lost, track.last.report) : [];
    return { daemon: this.#daemon, track, ...(shown.length > 0 && { lost: shown }) };
  }

  /** One step, after which the store keeps what is known. */
  step(act: (steps: Steps) => unknown): this {
    const { lost } = this.steps.watched;
    act(this.steps);
    if (this.steps.watched.lost !== lost) this.draws++;
    const { track } = this.steps.watched;
    this.kept.stepped(
      { daemon: this.#daemon, track },
      { lost: this.steps.watched.lost, instance: undefined },
    );
    return this;
  }

  answer(sessions: readonly Session[] = []): this {
    return this.step((steps) => steps.wait(5_000).answer(goodReport(this.time, { sessions })));
  }

  lose(...sessions: readonly Session[]): this {
    return this.step((steps) => steps.lose(sessions));
  }

  get ids() {
    return (this.model.lost ?? []).map(({ id }) => id);
  }

  rows() {
    const rows = daemonRows(
      this.model,
      this.time.now(),
      sessionRows((model) => model.lost ?? []),
    );
    return rows.filter(({ id }) => id.endsWith('#interrupted') || id.includes('#session#'));
  }
}

describe('what a smithy lost to a restart', () => {
  it('is kept over a reload of the window, and goes when the daemon goes on with it', () => {
    const room = new Room().answer();
    room.lose(LOST, UNKNOWN);
    room.reload();
    assert.deepEqual(room.answer().ids, ['session-1', 'session-2']);
    room.answer([{ id: 'new', title: 'worker', status: 'running', providerSessionId: 'conversation-1' }]);
    assert.deepEqual(room.ids, ['session-2']);
    room.reload();
    assert.deepEqual(room.answer().ids, ['session-2']);
  });

  it('is not touched while the daemon does not answer', () => {
    const room = new Room().answer();
    room.lose(LOST);
    room.step((steps) => steps.wait(5_000).fail('refused'));
    assert.deepEqual(room.ids, ['session-1']);
    assert.deepEqual(room.open().recall(room.model.daemon.id).lost?.length, 1, 'and it is kept');
  });

  it('can be dismissed', () => {
    const room = new Room().answer();
    room.lose(LOST, UNKNOWN);
    room.step((steps) => steps.input({ kind: 'lostDismissed', id: 'session-1' }));
    assert.deepEqual(room.ids, ['session-2']);
    room.reload();
    assert.deepEqual(room.answer().ids, ['session-2']);
  });

  it('is written and drawn when it changes, not at every poll', () => {
    const room = new Room().answer();
    room.lose(LOST);
    for (let poll = 0; poll < 5; poll++) room.answer();
    assert.deepEqual([room.writes, room.draws], [1, 1]);
  });

  it('may be kept by anybody: what is no lost work is left out', async () => {
    const room = new Room().answer();
    const { id } = room.model.daemon;
    const good = { session: LOST, foundAt: room.time.wallAt };
    const bad = [
      null,
      7,
      {},
      { session: LOST },
      { session: {}, foundAt: 1 },
      { ...good, session: { id: 1 } },
    ];
    for (const kept of [null, 'x', [], { [id]: 7 }, { [id]: [...bad, good] }]) {
      await room.state.update('lostWork', kept);
      room.reload();
    }
    assert.deepEqual(room.answer().ids, ['session-1']);
  });

  it('has a group of its own in the tree, which says that nothing has resumed it', () => {
    const room = new Room().answer();
    room.lose(LOST);
    const [group, row] = room.rows();
    assert.ok(row);
    assert.equal(group?.description, '1 not resumed');
    assert.equal(group.severity, 'amber');
    assert.deepEqual(
      [row.label, row.description],
      ['interrupted · e-worker-9-write-the-release-notes', '· worker'],
    );
    const hover = sessionRows((model) => model.lost ?? []).hover(row.id, room.model, room.time.now());
    assert.match(
      hover ?? '',
      /^e-worker-9-write-the-release-notes\nIn: \/project\/.*\nThe session ran when its daemon restarted/,
    );
  });

  it('is listed where the sessions are not told now', () => {
    const room = new Room().answer();
    room.lose(LOST);
    room.step((steps) => steps.wait(5_000).answer());
    assert.deepEqual(
      room.rows().map(({ label }) => label),
      ['Interrupted', 'interrupted · e-worker-9-write-the-release-notes'],
    );
  });

  it('offers what smithy can do for it, and never Run Again', () => {
    const room = new Room().answer();
    room.lose(LOST, UNKNOWN);
    const offered = room
      .rows()
      .filter(({ id }) => id.includes('#session#'))
      .map((row) => [row.label, commandsFor(row.contextValue)]);
    assert.deepEqual(offered, [
      [`interrupted · ${LOST.title}`, ['copyCommand', 'dismissSession', 'resumeSession']],
      ['interrupted · director', ['dismissSession']],
    ]);
  });

  for (const hostile of HOSTILE) {
    it(`is one bounded line, whatever was kept: ${JSON.stringify(hostile.slice(0, 30))}`, () => {
      const command = new SmithyAgents('http://127.0.0.1:3457').resumeCommand({
        ...LOST,
        agentId: hostile,
        cwd: `/${hostile}'`,
      });
      assert.match(command, /^curl -X POST -H 'content-type: application\/json' -d '/);
      assert.ok(!command.includes('\n'));
    });
  }

  it('is resumed by a line that a shell reads as it was meant', () => {
    assert.equal(
      new SmithyAgents('http://127.0.0.1:3457').resumeCommand({ ...LOST, cwd: "/it's here" }),
      "curl -X POST -H 'content-type: application/json' " +
        `-d '{"providerSessionId":"conversation-1","workingDirectory":"/it'\\''s here"}' ` +
        'http://127.0.0.1:3457/api/agents/el-1/resume',
    );
    assert.ok(
      !new SmithyAgents('http://x').resumeCommand({ ...LOST, cwd: '/cut off…' }).includes('workingDirectory'),
    );
  });
});

/** The commands that package.json offers for a row, besides those for every row. */
function commandsFor(contextValue: string): string[] {
  const { contributes } = JSON.parse(readFileSync(join(__dirname, '../../../package.json'), 'utf8')) as {
    contributes: { menus: Record<string, { command: string; when: string }[]> };
  };
  const offered = contributes.menus['view/item/context']!.filter(({ when }) => {
    const [, pattern] = /viewItem =~ \/(.*)\/$/.exec(when) ?? [];
    const [, value] = /viewItem == (\S+)$/.exec(when) ?? [];
    return pattern === undefined ? value === contextValue : new RegExp(pattern).test(contextValue);
  });
  return [...new Set(offered.map(({ command }) => command.replace('daemonHealth.', '')))].sort();
}
