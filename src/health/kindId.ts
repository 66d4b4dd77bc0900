/**
 * The name of a kind of daemon, of the kinds that this extension knows. Compare a name with another name, never with a
 * literal: what a daemon can and cannot tell stands in its answer, as `Progress` and `Traits`.
 */
export type KindId = string;
