import type { ProofBy } from '../health/cause';

/** What proves that a daemon gets on with its work: only its user can know. */
export interface ProofSetting {
  readonly by: ProofBy;
  /** Where the value stands in what the daemon says. */
  readonly at: string;
  /** Where it says whether it has something to do; of `due`, whether a run is under way. */
  readonly busy?: string;
  /** It is red where it owes a sign for longer than this. */
  readonly redAfterMs: number;
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

/** How a daemon of an unknown make is asked, besides where. */
export interface AskSetting {
  /** `?verbose`: goes with each question. */
  readonly query?: string;
  /** The statuses of a good answer; 2xx where absent. */
  readonly expect?: readonly number[];
  readonly progress?: ProofSetting;
  /** Present where it is many daemons. */
  readonly fleet?: FleetSetting;
  /** It is only tried: its report says what in its answer could prove something. */
  readonly explores?: true;
}
