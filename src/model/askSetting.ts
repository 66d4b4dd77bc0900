import type { ProofBy } from '../health/cause';

/** Values that a place may have: `{ "enabled": [true] }`. */
export type Matches = Readonly<Record<string, readonly (string | number | boolean | null)[]>>;

/** Which of several things that a daemon tells of are judged, each by itself. */
export interface EachSetting {
  /** Where the list stands; `$all` where the answer is the list, or each of its files is one of them. */
  readonly at: string;
  /** Where the name of each stands, to be shown. */
  readonly name?: string;
  /** Only these. */
  readonly where?: Matches;
  /** And none of these. */
  readonly unless?: Matches;
  /** Where the number of its process stands: without that process nothing is owed any more. */
  readonly alive?: string;
  readonly sessions?: SessionsSetting;
}

/** Those of several things that work, or wait for a person, are shown as sessions. Places in what is told of each. */
export interface SessionsSetting {
  readonly id: string;
  /** When the session began. */
  readonly startedAt?: string;
  /** Since when it works without a pause. */
  readonly busySinceAt?: string;
  /** Those with these values wait for a person. They owe nothing meanwhile. */
  readonly waits?: Matches;
  /** What such a one wants of a person. */
  readonly question?: string;
}

/** What tells of the progress, where that is not the answer itself. */
export type ProofSource = {
  /** It is asked no more often. */
  readonly everyMs?: number;
} &
  /** Further routes of its address. Items of one id are one item. */
  (
    | { readonly kind: 'http'; readonly paths: readonly string[] }
    | {
        readonly kind: 'file';
        /** A `*` stands for any part of a name. */
        readonly paths: readonly string[];
        /** Whatever else is written for an item of them: `{field}` is a value of it. */
        readonly beside?: readonly string[];
        /** Only files that were changed after this one, which is as old as the daemon's life. */
        readonly newerThan?: string;
      }
    | { readonly kind: 'command'; readonly argv: readonly string[] }
  );

/** What proves that a daemon gets on with its work: only its user can know. */
export interface ProofSetting {
  readonly by: ProofBy;
  /** Where the value stands in what the daemon says. */
  readonly at: string;
  /** Further counts: each that rises is progress. */
  readonly plus?: readonly string[];
  /** Where it says how much waits: where that falls, work gets on, too. */
  readonly backlog?: string;
  /** Where it says whether it has something to do; of `due`, whether a run is under way. */
  readonly busy?: string;
  /** It has something to do only where it says so at these places, too. */
  readonly busyToo?: readonly string[];
  /** It is red where it owes a sign for longer than this; never red by that where absent. */
  readonly redAfterMs?: number;
  /** It is suspect, which is amber, after this; of `due` a run that goes on for longer. One of the two is there. */
  readonly stuckAfterMs?: number;
  readonly each?: EachSetting;
  readonly from?: ProofSource;
}

/** What a Prometheus tells of many daemons at once. */
export interface FleetSetting {
  /** What each row is called: `{{instance}}` stands for a label of the series. */
  readonly rowName: string;
  /** What a value is: seconds since the last success, a count of what was done, or a figure that is bad by itself. */
  readonly value: 'age' | 'counter' | 'state';
  /** Seconds; of a state the figure itself. */
  readonly redAbove: number;
}

/** What a text in an answer means that is in no usual shape. `silent`: as if nothing had answered; `gone`: nobody is there. */
export type Meaning = 'good' | 'bad' | 'starting' | 'stopped' | 'silent' | 'gone';

/** How a daemon of an unknown make is asked, besides where. */
export interface AskSetting {
  /** `?verbose`: goes with each question. */
  readonly query?: string;
  /** The statuses of a good answer; 2xx where absent. */
  readonly expect?: readonly number[];
  /** What its words mean: the first that is found counts. */
  readonly means?: Readonly<Record<string, Meaning>>;
  /** Where it says for how many ms it runs: what was owed before then is not owed by this life. */
  readonly upMs?: string;
  readonly progress?: ProofSetting;
  /** Present where it is many daemons. */
  readonly fleet?: FleetSetting;
  /** It is only tried: its report says what in its answer could prove something. */
  readonly explores?: true;
}
