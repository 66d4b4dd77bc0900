import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Session } from '../../../../src/health/report';
import { SmithyAgents } from '../../../../src/kinds/smithy/agents';
import type * as Sessions from '../../../../src/ui/commands/sessions';
import { sessionRowId } from '../../../../src/ui/tree/rowIds';
import { FakeScreen } from '../../../support/fakeScreen';
import { loadWith } from '../../../support/fakeVSCode';
import { Watch } from '../../health/support';
import { modelOf } from '../support';

const FILE = join(__dirname, '../../../../src/ui/commands/sessions');
const UUID = '0b1f6f0e-7a2e-4e0c-9d51-3f6a3f1c2d4b';

describe('Resume of a session of a smithy that a restart interrupted', () => {
  let screen: FakeScreen;
  let resumed: string[];
  let copied: string[];

  const run = async (providerSessionId: string, command: 'resumeSession' | 'copyCommand') => {
    const session: Session = {
      id: 's1',
      title: 'director',
      status: 'interrupted',
      agentId: 'el-1',
      providerSessionId,
    };
    const watch = Watch.healthy();
    const model = { ...modelOf(watch), lost: [session] };
    const agents = new SmithyAgents('http://127.0.0.1:3457');
    const lostWork = {
      ended: () => Promise.resolve([]),
      resume: ({ id }: Session) => Promise.resolve(void resumed.push(id)),
      resumeCommand: (of: Session) => agents.resumeCommand(of),
      isDoubtful: (of: Session) => agents.isDoubtful(of),
    };
    const vscode = {
      ...screen.vscode,
      env: { clipboard: { writeText: (text: string) => Promise.resolve(void copied.push(text)) } },
      window: { ...screen.vscode.window, setStatusBarMessage: () => undefined },
    };
    const { SessionCommands } = loadWith<typeof Sessions>(vscode, FILE);
    const commands = new SessionCommands({
      clock: watch.time,
      models: () => [model],
      poll: () => Promise.resolve(),
      log: () => undefined,
      probe: () => Promise.resolve({ lostWork }),
      dismissLost: () => undefined,
      output: {} as never,
    });
    await commands[command]([sessionRowId(model.daemon.id, session.id)]);
  };

  beforeEach(() => {
    screen = new FakeScreen();
    [resumed, copied] = [[], []];
  });

  it('is done at once where its conversation has a UUID', async () => {
    for (const id of [UUID, UUID.toUpperCase()]) await run(id, 'resumeSession');
    assert.deepEqual([resumed, screen.texts], [['s1', 's1'], []]);
  });

  for (const id of ['found', 'ses_0123', `${UUID}x`, '']) {
    it(`warns first where the id is no UUID: "${id}"`, async () => {
      await run(id, 'resumeSession');
      assert.deepEqual(resumed, [], 'nobody agreed');
      assert.deepEqual(
        screen.messages.map(({ level, text, detail, buttons }) => [level, text, detail, buttons]),
        [
          [
            'warning',
            'Resume “director”?',
            `smithy noted “${id}” as the id of the conversation of “director”. Most agents name a conversation by a UUID, and this is none: ` +
              'another conversation may go on, a new one may begin, or the resume may fail.',
            ['Resume'],
          ],
        ],
      );
      screen.answer = 'Resume';
      await run(id, 'resumeSession');
      assert.deepEqual(resumed, ['s1']);
    });
  }

  it('says so beside the copied command, too', async () => {
    await run('found', 'copyCommand');
    assert.match(copied[0]!, /^curl .*"providerSessionId":"found"/);
    assert.match(screen.texts[0]!, /^The command is copied\. smithy noted “found” as the id/);
    await run(UUID, 'copyCommand');
    assert.equal(screen.texts.length, 1);
  });
});
