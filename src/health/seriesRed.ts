/** By what the series of a fleet prove that their daemons get on. */
export type SeriesBy = 'age' | 'counter' | 'state';

/** Of a fleet. @property name of the worst of them @property limit in ms; of a state the figure itself */
export interface SeriesRed {
  readonly is: 'seriesRed';
  readonly by: SeriesBy;
  readonly name: string;
  readonly count: number;
  readonly of: number;
  readonly limit: number;
}
