import type { KindId } from '../health/report';

/** What is wrong with a part of an entry: most of them say how its daemon is asked. */
export type AskProblem =
  | 'noObject'
  | 'unknownKey'
  | 'notOneProof'
  | 'noPlace'
  | 'neededByCounter'
  | 'noRedAfter'
  | 'noStatuses'
  | 'noFiles'
  | 'noCommand'
  | 'notBeside'
  | 'noPrometheus'
  | 'noQuery'
  | 'noValue'
  | 'noRedAbove'
  | 'ofFleetAlone'
  | 'notOfFleet'
  | 'needsEach'
  | 'noSessions'
  | 'noInterval'
  | 'eachByChange'
  | 'noMatches'
  | 'noSource'
  | 'noRoutes'
  | 'needsUrl'
  | 'noMeanings'
  | 'noName'
  | 'noKey';

/** What is wrong with one entry of `daemonHealth.daemons`. The texts are the user's own, cleaned and bounded. */
export type EntryProblem =
  | { readonly is: 'noObject' | 'noUrl' | 'urlWithLogin' | 'urlWithQuery' }
  | { readonly is: 'noHttpUrl'; readonly url: string }
  | { readonly is: 'notOnThisMachine'; readonly host: string }
  | { readonly is: 'unknownKind'; readonly known: readonly KindId[] }
  /** @property path where in the entry: `progress.redAfterMs` */
  | { readonly is: 'ask'; readonly path: string; readonly problem: AskProblem }
  /** Only a daemon of an unknown make is told how it is asked. @property kind which that is */
  | { readonly is: 'askOfKind'; readonly path: string; readonly kind: KindId }
  /** Of a preset: it is none, or has a key that no preset has. */
  | { readonly is: 'noPreset' }
  | { readonly is: 'presetKey'; readonly key: string }
  /** @property known the names of the presets that there are */
  | { readonly is: 'unknownPreset'; readonly known: readonly string[] }
  /** A preset of the user's own, with which something is wrong that is told by itself. */
  | { readonly is: 'wrongPreset'; readonly name: string }
  /** A variable of VS Code's that has no meaning in `restart`. */
  | { readonly is: 'restartVariable'; readonly variable: string }
  /** @property part the part of `restart` that is not what it should be; `undefined` for `restart` itself */
  | {
      readonly is: 'restart';
      readonly part: 'command' | 'args' | 'cwd' | 'env' | 'mode' | 'by' | 'keepsWork' | undefined;
    };

/** What is wrong in `daemonHealth.daemons`. */
export type ListProblem =
  | { readonly is: 'noList' }
  /** The rest is not watched. */
  | { readonly is: 'tooMany'; readonly most: number; readonly count: number }
  /** What is wrong with `daemonHealth.presets`; or with one of them, which is not used then. */
  | { readonly is: 'noPresets' }
  | {
      readonly is: 'preset';
      readonly name: string;
      readonly problem: EntryProblem | { readonly is: 'presetTaken' };
    }
  | { readonly is: 'entry'; readonly index: number; readonly problem: EntryProblem };
