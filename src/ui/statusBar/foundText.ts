import type { OfferedDaemon } from '../../model/foundDaemon';
import { MAX_DESCRIBED } from '../policy';
import { commandLink, inMarkdown, plain, withIcon, type MarkdownText } from '../shared/markdown';
import { offeredText, offerRowId } from '../tree/findingRows';
import type { StatusView } from './statusView';

/**
 * The status item where no daemon is watched and some were found; `undefined` where none was, or the user ignores all
 * of them.
 */
export function foundView(found: readonly OfferedDaemon[]): StatusView | undefined {
  const offered = found.filter(({ isIgnored }) => !isIgnored);
  if (offered.length === 0) return undefined;
  const counted = offered.length === 1 ? '1 daemon found' : `${offered.length} daemons found`;
  const more = offered.length - MAX_DESCRIBED;
  return {
    text: withIcon('search', plain(counted)),
    severity: 'plain',
    tooltip: [
      ...inMarkdown`${counted}, and not watched yet.`,
      ...offered.slice(0, MAX_DESCRIBED).flatMap(lineOf),
      ...(more > 0 ? inMarkdown`\n\n${`${more} more in the tree`}` : []),
    ],
    spoken: `Daemon Health: ${counted}, not watched yet`,
  };
}

function lineOf(daemon: OfferedDaemon): MarkdownText {
  const watch = commandLink('Watch', 'daemonHealth.watch', offerRowId(daemon.target));
  return inMarkdown`\n\n${offeredText(daemon)} · ${watch}`;
}
