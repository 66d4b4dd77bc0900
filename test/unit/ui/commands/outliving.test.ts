import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Offspring } from '../../../../src/model/outliving';
import type { Plan } from '../../../../src/restart/plan';
import type * as Outliving from '../../../../src/ui/commands/outliving';
import { familyText } from '../../../../src/ui/commands/outlivingText';
import { consequences } from '../../../../src/ui/commands/restartText';
import { FakeScreen, settled } from '../../../support/fakeScreen';
import { loadWith } from '../../../support/fakeVSCode';
import { goodReport, Watch } from '../../health/support';
import { modelOf } from '../support';

const FILE = join(__dirname, '../../../../src/ui/commands/outliving');
const CLAUDE: Offspring = { pid: 11, name: 'claude', session: 'fix-parser', startedAtMs: 1, isApart: true };
const GIT: Offspring = { pid: 12, name: 'git', startedAtMs: 1, isApart: false };
const SSH: Offspring = { pid: 13, name: 'ssh', startedAtMs: 1, isApart: true, isKept: true };

describe('the question about what outlived a daemon', () => {
  let screen: FakeScreen;
  let outliving: typeof Outliving;
  beforeEach(() => {
    screen = new FakeScreen();
    outliving = loadWith<typeof Outliving>(screen.vscode, FILE);
  });

  it('names the processes, and says what is true where nothing is pressed', async () => {
    assert.equal(await outliving.askOutliving('smithy', [CLAUDE, GIT, SSH]), undefined);
    const [shown] = screen.messages;
    assert.equal(shown?.text, '3 processes that smithy had started are still running. Start smithy?');
    assert.equal(
      shown.detail,
      [
        'smithy has ended and is not started yet. The new smithy may go on with the work that these processes still do:',
        '• claude (11, session “fix-parser”)',
        '• git (12)',
        'Left alone in any case: ssh (13).',
        'Cancel starts nothing and ends nothing.',
      ].join('\n'),
    );
    assert.deepEqual(shown.buttons, ['End Them and Start', 'Start Anyway']);
  });

  it('is answered by its buttons', async () => {
    screen.answer = 'End Them and Start';
    assert.equal(await outliving.askOutliving('smithy', [CLAUDE]), 'end');
    screen.answer = 'Start Anyway';
    assert.equal(await outliving.askOutliving('smithy', [CLAUDE]), 'leave');
    assert.equal(screen.texts[0], '1 process that smithy had started is still running. Start smithy?');
  });

  it('is offered after the fact where nobody was asked and something may be ended', () => {
    assert.equal(outliving.isToOffer({ left: [CLAUDE], ended: 0 }), true);
    assert.equal(outliving.isToOffer({ left: [SSH], ended: 0 }), false);
    assert.equal(outliving.isToOffer({ left: [CLAUDE], ended: 0, answer: 'leave' }), false);
    assert.equal(outliving.isToOffer(undefined), false);
  });

  it('ends on demand those that may be ended, and says what came of that', async () => {
    const ended: (readonly Offspring[])[] = [];
    let stay: readonly Offspring[] = [];
    const end = (left: readonly Offspring[]) => {
      ended.push(left);
      return Promise.resolve(stay);
    };
    const offer = async () => {
      const offered = outliving.offerToEnd('smithy stopped.', { left: [CLAUDE, SSH], ended: 0 }, end);
      screen.messages.at(-1)!.press('End Them');
      await offered;
      await settled();
    };
    await offer();
    stay = [CLAUDE];
    await offer();
    assert.deepEqual(ended, [[CLAUDE], [CLAUDE]]);
    assert.deepEqual(screen.texts, [
      'smithy stopped.',
      'The process was ended.',
      'smithy stopped.',
      'Could not be ended: claude (11, session “fix-parser”).',
    ]);
  });
});

describe('a plan says what becomes of what the daemon has started', () => {
  const watch = Watch.healthy();
  const plan = (family: Plan['family'], more: Partial<Plan> = {}): Plan => ({
    model: modelOf(watch),
    owner: { pid: 7, commandLine: 'smithy serve', startedAtMs: 1, name: 'node', isOurs: true },
    ownerIsKnown: true,
    interrupts: [],
    records: [],
    way: { by: 'spawn', keepsWork: true },
    ...(family && { family }),
    ...more,
  });
  const about = { isLoop: false, isOld: false, now: watch.time.now(), userName: () => 'dev' };

  it('in any case where something is likely to go on', () => {
    assert.equal(
      consequences(plan([CLAUDE, GIT]), about),
      'Processes that are likely to end with smithy: git (12).\n' +
        'Processes that smithy has started and that are likely to go on: claude (11, session “fix-parser”).',
    );
  });

  it('only besides where all ends, where only what is never ended goes on, and where nothing is known', () => {
    for (const family of [[GIT], [SSH], 'notKnown'] as const) {
      assert.equal(consequences(plan(family), about), undefined);
    }
    const interrupts = [{ title: 'Nightly report' }];
    assert.match(
      consequences(plan('notKnown', { interrupts }), about)!,
      /\nWhether processes that smithy has started go on without smithy is not known\.$/,
    );
    assert.match(
      consequences(plan([GIT], { interrupts }), about)!,
      /\nProcesses that are likely to end with/,
    );
  });

  it('by its own way where the daemon ends its work, and not where a manager ends the daemon', () => {
    const own = Watch.healthy();
    own.wait(5_000).answer({
      ...goodReport(own.time),
      traits: { ...goodReport(own.time).traits, endsItsWork: true },
    });
    assert.deepEqual(familyText(plan([CLAUDE], { model: modelOf(own) })), {
      text: 'Processes that smithy ends first: claude (11, session “fix-parser”).',
      matters: false,
    });
    const managed = plan([CLAUDE], { way: { by: 'supervisor', keepsWork: false } });
    assert.equal(familyText(managed), undefined);
  });
});
