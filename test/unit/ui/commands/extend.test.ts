import assert from 'node:assert/strict';
import type { Session } from '../../../../src/health/report';
import { MINUTE_MS } from '../../health/support';
import { commandsAbout } from './sessionCommands';

describe('Extend Session', () => {
  let granted: (readonly [id: string, byMs: number | undefined])[];
  let asked: { placeholder: string; items: string[] } | undefined;
  /** What the user picks, by its place in the list. */
  let picks: number | undefined;

  beforeEach(() => {
    [granted, asked, picks] = [[], undefined, 0];
  });

  /** As VS Code's: what is picked is accepted once the list is shown. */
  class QuickPick {
    placeholder = '';
    items: { label: string; description?: string; value: unknown }[] = [];
    value = '';
    #accept: () => void = () => undefined;
    #hide: () => void = () => undefined;
    readonly onDidChangeValue = () => undefined;
    onDidAccept = (listener: () => void) => (this.#accept = listener);
    onDidHide = (listener: () => void) => (this.#hide = listener);
    get selectedItems() {
      return picks === undefined ? [] : this.items.slice(picks, picks + 1);
    }
    show() {
      const shown = ({ label, description }: (typeof this.items)[number]) =>
        description === undefined ? label : `${label}: ${description}`;
      asked = { placeholder: this.placeholder, items: this.items.map(shown) };
      if (picks === undefined) this.#hide();
      else this.#accept();
    }
    hide() {
      this.#hide();
    }
    dispose() {}
  }

  function commandsFor(...sessions: readonly Session[]) {
    const vscode = {
      window: { createQuickPick: () => new QuickPick(), setStatusBarMessage: () => undefined },
    };
    const actions = {
      extend: (id: string, byMs?: number) => {
        granted.push([id, byMs]);
        return Promise.resolve(byMs ?? 0);
      },
    };
    return commandsAbout(sessions, vscode, actions);
  }

  const session = (id: string, more: Partial<Session> = {}): Session => ({
    id,
    title: id,
    status: 'running',
    startedAt: 0,
    deadlineAt: 60 * MINUTE_MS,
    timeoutMs: 60 * MINUTE_MS,
    activityExtensionMs: 2 * MINUTE_MS,
    maxTotalMs: 240 * MINUTE_MS,
    ...more,
  });

  it('offers what fits its limit and what its daemon grants, and asks for what is picked', async () => {
    const { commands, row } = commandsFor(session('job'));
    await commands.extendSession([row('job')]);
    assert.deepEqual(asked, {
      placeholder: 'Extend “job” (limit 1 h) by how much? Or type a time, such as 45 min',
      items: ['30 min', '2 min', '1 h', '3 h: all that dispatchd grants'],
    });
    assert.deepEqual(granted, [['job', 30 * MINUTE_MS]]);
  });

  it('does nothing where the user goes back', async () => {
    picks = undefined;
    const { commands, row } = commandsFor(session('job'));
    await commands.extendSession([row('job')]);
    assert.deepEqual(granted, []);
  });

  it('asks nobody where the call says how much', async () => {
    const { commands, row } = commandsFor(session('job'));
    await commands.extendSession([row('job'), { byMs: 90_000 }]);
    assert.deepEqual([asked, granted], [undefined, [['job', 90_000]]]);
  });

  it('asks once for several, and leaves out what cannot be extended', async () => {
    const spent = session('spent', { maxTotalMs: 60 * MINUTE_MS });
    const { commands, row } = commandsFor(
      session('job'),
      session('test', { timeoutMs: 10 * MINUTE_MS }),
      spent,
    );
    await commands.extendSession(['job', 'test', 'spent'].map(row));
    assert.equal(asked?.placeholder, 'Extend 2 sessions by how much? Or type a time, such as 45 min');
    assert.deepEqual(granted, [
      ['job', 5 * MINUTE_MS],
      ['test', 5 * MINUTE_MS],
    ]);
  });

  it('says why where nothing more is granted', async () => {
    const { commands, row } = commandsFor(session('spent', { maxTotalMs: 60 * MINUTE_MS }));
    await assert.rejects(commands.extendSession([row('spent')]), {
      message: '“spent” cannot be extended: dispatchd grants it 1 h in all.',
    });
  });

  it('leaves the amount to a daemon that does not tell its maximum', async () => {
    const { maxTotalMs: _, ...untold } = session('job');
    const { commands, row } = commandsFor(untold);
    await commands.extendSession([row('job')]);
    assert.deepEqual([asked, granted], [undefined, [['job', undefined]]]);
  });
});
