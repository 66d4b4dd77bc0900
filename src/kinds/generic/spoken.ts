/** What a daemon said, in whichever way it says it: where a value stands in it, and the whole of it. */
export interface Said {
  /**
   * The value at a place of the settings; `undefined` where there is none.
   * @param isAmount values of one name may be added up
   */
  at(place: string, isAmount?: boolean): unknown;
  /** The JSON, where that is what it said. */
  readonly json?: unknown;
  /** It has places besides that of its whole text. */
  readonly hasFields: boolean;
  /** The places at which a single value stands; bounded. */
  places(): readonly string[];
}
