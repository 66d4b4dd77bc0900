import type { Report } from '../../health/report';
import type { DaemonModel } from '../../model/daemonModel';
import { startErrorsText } from '../../words/startErrorsText';
import { aside, type Detail } from './row';

const KEY = 'errors';

/** The errors in the log of a daemon since it started: how many, the newest, and the last ones below. */
export function errorsDetail({ daemon }: DaemonModel, report: Report): readonly Detail[] {
  const { startErrors = [], startErrorCount: count = startErrors.length } = report;
  const newest = startErrors.at(-1);
  if (newest === undefined) return [];
  return [
    {
      key: KEY,
      label: 'Errors',
      description: aside(startErrorsText(count, newest)),
      icon: 'output',
      children:
        startErrors.length === 1
          ? []
          : startErrors.map((said, index) => ({
              id: `${daemon.id}#${KEY}#${index}`,
              parentId: `${daemon.id}#${KEY}`,
              daemonId: daemon.id,
              label: said,
              severity: 'plain' as const,
              contextValue: 'errorLine',
              children: [],
            })),
    },
  ];
}
