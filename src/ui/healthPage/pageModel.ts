import type { Past } from '../../health/past';
import type { DaemonId } from '../../health/report';
import type { PageElement } from './node';
import type { Range } from './pageText';

/** What a button of the page does. */
export type PageAction =
  | { readonly is: 'command'; readonly command: string; readonly targets: readonly unknown[] }
  | { readonly is: 'report'; readonly file: string }
  | { readonly is: 'export' };

/** What of a daemon the page offers. */
export interface PageDaemon {
  readonly daemonId: DaemonId;
  /** Its state now, in words. */
  readonly now: string;
  readonly severity: 'red' | 'amber' | 'plain';
  /** It answers, and its sessions can be run again from outside. */
  readonly canRunAgain: boolean;
}

export interface PageModel {
  readonly past: Past;
  readonly range: Range;
  readonly ranges: readonly Range[];
  readonly daemons: readonly PageDaemon[];
  /** The sentences are there at once, the lanes once the tab runs, and the tables once somebody opens them. */
  readonly shows: 'sentences' | 'lanes' | 'tables';
}

export interface Page {
  readonly body: PageElement;
  /** What each `data-act` of the body does. */
  readonly actions: ReadonlyMap<string, PageAction>;
}
