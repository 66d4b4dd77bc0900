/** A window as a process: loads the installed extension that `fakeWindow.ts` names, and does what it is told. */
import { readFileSync } from 'node:fs';
import Module from 'node:module';
import { join } from 'node:path';
import { Editor, type Manifest } from './editor';
import type { WindowReply, WindowRequest } from './fakeWindow';

let editor: Editor | undefined;
const faults: string[] = [];

process.on('unhandledRejection', (error) => faults.push(`unhandled: ${String(error)}`));
process.on('disconnect', () => process.exit());
process.on('message', (request: WindowRequest) => {
  handle(request).then(
    (look) => process.send?.({ id: request.id, look } satisfies WindowReply),
    (error: unknown) => process.send?.({ id: request.id, failed: String(error) } satisfies WindowReply),
  );
});

async function handle(request: WindowRequest): Promise<WindowReply['look']> {
  switch (request.do) {
    case 'open': {
      const { extension, env } = request.options;
      Object.assign(process.env, env);
      const manifest = JSON.parse(readFileSync(join(extension, 'package.json'), 'utf8')) as Manifest;
      editor = new Editor(request.options, manifest);
      activate(editor, join(extension, 'dist', 'extension.js'));
      break;
    }
    case 'run':
      await editor?.run(request.command, request.args);
      break;
    case 'answer':
      editor?.answer(request.answers);
      break;
    case 'focus':
      editor?.focus();
      break;
    case 'close': {
      const last = editor?.look();
      for (const subscription of editor?.context.subscriptions.splice(0).reverse() ?? [])
        await subscription.dispose();
      // What is written at the end is written without anybody waiting for it, as in VS Code.
      await new Promise((resolve) => setImmediate(resolve));
      return last && { ...last, state: editor!.look().state, faults };
    }
    case 'look':
      break;
  }
  return editor && { ...editor.look(), faults };
}

function activate({ module, context }: Editor, file: string): void {
  const loader = Module as unknown as { _load(request: string, ...rest: unknown[]): unknown };
  const load = loader._load.bind(Module);
  loader._load = (request, ...rest) => (request === 'vscode' ? module : load(request, ...rest));
  (Module.createRequire(file)(file) as { activate(context: object): void }).activate(context);
}

process.send?.({ id: 0 } satisfies WindowReply);
