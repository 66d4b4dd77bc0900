/** The place that is no field: when the newest of the files was changed, epoch ms. */
export const CHANGED_PLACE = '$mtime';
