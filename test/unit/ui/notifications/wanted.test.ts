import assert from 'node:assert/strict';
import type { Notice } from '../../../../src/health/incident';
import { isWanted } from '../../../../src/ui/notifications/notice';
import { incidentNotice } from '../../../../src/ui/notifications/noticeOf';
import { type NotificationSettings } from '../../../../src/settings/settings';
import { Watch } from '../../health/support';
import { modelOf } from '../support';

const openedAt = { wallAt: 0, monotonicMs: 0, uptimeMs: 0 };
const wedged: Notice = { kind: 'problem', state: 'wedged', openedAt };
const stuck: Notice = { kind: 'problem', state: 'stuck', openedAt };
const still: Notice = { kind: 'reminder', state: 'wedged', openedAt };
const recovered: Notice = { kind: 'recovered', state: 'wedged', openedAt, lastedMs: 1 };

describe('which notifications are shown', () => {
  const model = modelOf(Watch.healthy());
  const cases: [string, NotificationSettings, Notice[]][] = [
    ['all of them by default', { level: 'all', muted: [] }, [wedged, stuck, still, recovered]],
    ['only red ones for "errors"', { level: 'errors', muted: [] }, [wedged, still]],
    ['none for "none"', { level: 'none', muted: [] }, []],
    ['not a muted kind', { level: 'all', muted: ['stuck'] }, [wedged, still, recovered]],
    ['nothing of a muted red kind either', { level: 'all', muted: ['wedged'] }, [stuck]],
  ];
  for (const [what, settings, expected] of cases) {
    it(what, () => {
      assert.deepEqual(
        [wedged, stuck, still, recovered].filter((notice) =>
          isWanted(incidentNotice(model, notice, openedAt), settings),
        ),
        expected,
      );
    });
  }
});
