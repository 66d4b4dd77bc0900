import { at } from '../support/target';
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import * as vscode from 'vscode';
import { systemClock } from '../../src/app/systemClock';
import { Registry } from '../../src/watch/registry';
import { createProbe } from '../../src/kinds/probe';
import { StatusItem } from '../../src/ui/statusBar/statusItem';
import { renderStatus } from '../../src/ui/statusBar/statusText';
import { HealthTree } from '../../src/ui/tree/tree';
import { AnsweringServer, healthyAnswer, sendJson } from '../support/answeringServer';

const POLLS = 6;

/** A real object of VS Code's whose every written property is counted. */
function counted<T extends object>(target: T, writes: string[]): T {
  return new Proxy(target, {
    get: (object, key) => {
      const value: unknown = Reflect.get(object, key, object);
      return typeof value === 'function' ? (value as () => unknown).bind(object) : value;
    },
    set: (object, key, value) => {
      writes.push(String(key));
      return Reflect.set(object, key, value, object);
    },
  });
}

interface Surfaces {
  readonly registry: Registry;
  readonly writes: string[];
  readonly dispose: () => void;
}

/** The real surfaces on a real daemon, drawn after every poll as the extension does. */
function surfaces(url: string): Surfaces {
  const writes: string[] = [];
  const registry = new Registry({
    clock: systemClock,
    random: () => 0.5,
    isFocused: () => true,
    createProbe: (target) => Promise.resolve(createProbe(target)),
    recall: () => ({}),
  });
  const item = vscode.window.createStatusBarItem('daemonHealth.test', vscode.StatusBarAlignment.Left);
  const status = new StatusItem(counted(item, writes));
  const view = {
    visible: true,
    badge: undefined,
    onDidChangeVisibility: () => ({ dispose: () => undefined }),
    dispose: () => undefined,
  };
  const tree = new HealthTree(
    registry,
    systemClock,
    () => counted(view, writes) as unknown as vscode.TreeView<string>,
  );
  tree.onDidChangeTreeData((elements) => {
    for (const each of [elements ?? 'all'].flat()) writes.push(`tree ${each}`);
  });
  registry.on('change', () => {
    status.render(renderStatus(registry.models, registry.conflicts, systemClock.now()));
    tree.render();
  });
  registry.configure({
    daemons: [
      {
        name: 'test',
        ...at(url),
        pollIntervalMs: 60_000,
        configured: true,
      },
    ],
    problems: [],
  });
  return {
    registry,
    writes,
    dispose: () => {
      registry.dispose();
      status.dispose();
      tree.dispose();
    },
  };
}

describe('what polling writes to the surfaces of VS Code', () => {
  const answers: Record<string, (response: ServerResponse) => void> = {
    'a healthy daemon': healthyAnswer,
    'a daemon that answers nonsense': (response) => response.end('nonsense'),
    'a daemon that fails with a new message each time': (response) =>
      sendJson(response, { error: { message: 'no' } }, 500),
    'a daemon that drops every connection': (response) => response.destroy(),
  };

  for (const [what, answer] of Object.entries(answers)) {
    it(`is nothing while ${what} stays as it is`, async () => {
      const server = await AnsweringServer.start(answer);
      const { registry, writes, dispose } = surfaces(server.url);
      try {
        await registry.refresh();
        await registry.refresh();
        assert.ok(writes.includes('text'), 'the first poll draws');
        writes.length = 0;
        for (let poll = 0; poll < POLLS; poll++) await registry.refresh();
        assert.deepEqual(writes, []);
      } finally {
        dispose();
        await server.stop();
      }
    });
  }

  it('is one drawing of item, badge and row when the daemon goes red', async () => {
    const server = await AnsweringServer.start(healthyAnswer);
    const { registry, writes, dispose } = surfaces(server.url);
    try {
      await registry.refresh();
      writes.length = 0;
      server.become((response) => sendJson(response, { isRunning: true, health: { pollStale: true } }));
      for (let poll = 0; poll < POLLS; poll++) await registry.refresh();
      assert.deepEqual(writes, [
        'text',
        'tooltip',
        'accessibilityInformation',
        'backgroundColor',
        'badge',
        `tree ${server.url}`,
      ]);
    } finally {
      dispose();
      await server.stop();
    }
  });
});
