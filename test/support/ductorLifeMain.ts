import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { DuctorLife, type Step } from './ductorLife';

/*
 * A ductor as a process of its own, in the real order and with the real times:
 *   tsx ductorLifeMain.ts --home DIR [--port N] [--hurry N] [--message-ms N] [--boot-id ID] [--sub-agent NAME]…
 *     [--config JSON] [--turn TITLE]… [--named NAME]… [--task NAME]… [--no-children]
 * `--hurry 10` makes its steps take a tenth of their time. Work of a sub-agent is `NAME: TITLE`. What a life leaves in its
 * folder the next one goes on with. It prints `listening on URL`, then `step: NAME` for each step, and `up` after its start.
 *
 * A line on stdin is a command, as JSON, answered with `done`:
 *   {"turn":"title"} {"named":"name"} {"task":"name"} begin work   {"end":chat} {"idle":"name"} {"cancel":"id"} end it
 *   {"timeOut":seconds} ends the turn by its limit   {"stop":"agent"} stops one sub-agent   {"log":"line"}
 * With `agent`, and for a turn `chat` (1001), for a task `id`. {"crash":true}: its main agent crashes.
 * SIGTERM ends it in good order (exit code 0), SIGKILL as a kill does. While work runs it has a child process for each.
 */

const { values } = parseArgs({
  options: {
    home: { type: 'string' },
    port: { type: 'string', default: '0' },
    hurry: { type: 'string', default: '1' },
    'message-ms': { type: 'string', default: '500' },
    'boot-id': { type: 'string' },
    'sub-agent': { type: 'string', multiple: true, default: [] },
    config: { type: 'string', default: '{}' },
    turn: { type: 'string', multiple: true, default: [] },
    named: { type: 'string', multiple: true, default: [] },
    task: { type: 'string', multiple: true, default: [] },
    'no-children': { type: 'boolean', default: false },
  },
});

const life = new DuctorLife({
  home: values.home!,
  pid: process.pid,
  port: Number(values.port),
  messageMs: Number(values['message-ms']),
  subAgents: values['sub-agent'],
  config: JSON.parse(values.config) as object,
  ...(values['boot-id'] !== undefined && { bootId: values['boot-id'] }),
});

/** Each ends with this process: nobody shall have to look for it after a kill. */
const children: ChildProcess[] = [];
function haveChildren(): void {
  if (values['no-children']) return;
  const count = life.running;
  while (children.length > count) children.pop()!.kill();
  while (children.length < count) {
    const script = `while kill -0 ${process.pid} 2>/dev/null; do sleep 1; done`;
    children.push(spawn('sh', ['-c', script], { stdio: 'ignore' }));
  }
}

async function play(steps: readonly Step[]): Promise<void> {
  for (const { name, afterMs, play: playStep } of steps) {
    await delay(afterMs / Number(values.hurry));
    await playStep();
    haveChildren();
    if (name === 'listens') console.log(`listening on ${life.url}`);
    console.log(`step: ${name}`);
  }
}

interface Command {
  readonly [work: string]: unknown;
  readonly agent?: string;
  readonly chat?: number;
  readonly id?: string;
}

async function obey({ agent, chat, id, ...what }: Command): Promise<void> {
  const [name, value] = Object.entries(what)[0]!;
  const text = String(value);
  const of = { ...(agent !== undefined && { agent }) };
  switch (name) {
    case 'turn':
      life.turn(text, { ...of, ...(chat !== undefined && { chat }) });
      break;
    case 'named':
      return life.named(text, of);
    case 'task':
      return life.task(text, { ...of, ...(id !== undefined && { id }) });
    case 'end':
      return life.endTurn(Number(value), agent);
    case 'idle':
      return life.idle(text, agent);
    case 'cancel':
      return life.cancel(text);
    case 'timeOut':
      return life.timeOut(Number(value), { ...of, ...(chat !== undefined && { chat }) });
    case 'stop':
      return life.stopAgent(text);
    case 'log':
      return life.log(text);
    case 'crash':
      await life.crash();
      process.exit(1);
  }
}

/** `coder: review` as the work of the sub-agent coder. */
function begin(work: string, texts: readonly string[]): readonly Command[] {
  return texts.map((text, index) => {
    const [, agent, title = text] = /^([\w-]+): (.*)$/.exec(text) ?? [];
    const own = work === 'turn' ? { chat: 1_001 + index } : work === 'task' ? { id: `36d19e4${index}` } : {};
    return { [work]: title, ...(agent !== undefined && { agent }), ...own };
  });
}

async function run(): Promise<void> {
  let ending: Promise<void> | undefined;
  process.on('SIGTERM', () => {
    ending ??= play(life.end()).then(() => process.exit(0));
  });
  await play(life.start());
  const { turn, named, task } = values;
  for (const command of [...begin('turn', turn), ...begin('named', named), ...begin('task', task)])
    await obey(command);
  haveChildren();
  console.log('up');
  for await (const line of createInterface({ input: process.stdin })) {
    await obey(JSON.parse(line) as Command);
    haveChildren();
    console.log('done');
  }
}

void run();
