import type { Severity } from '../../health/states';
import type { IconText, MarkdownText } from '../shared/markdown';

/** All that the status item shows. Two equal views draw alike, so only a different one is written. */
export interface StatusView {
  readonly text: IconText;
  readonly severity: Severity;
  readonly tooltip: MarkdownText;
  /** Read out letter by letter. */
  readonly spoken: string;
}
