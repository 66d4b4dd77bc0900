import { SECOND_MS } from '../../base/time';
import { DEFAULT_PORT } from '../../protocol/dispatchd';

/** Where the bundled daemon is by default; a fixed name of the product. */
export const DISPATCHD_URL = `http://127.0.0.1:${DEFAULT_PORT}`;

/** dispatchd agrees to end itself within milliseconds; one that does not is ended like any other process. */
export const API_STOP_ANSWER_MS = 2_000;

/** instance.json holds flags of a few hundred bytes, the token 64. */
export const MAX_FILE_BYTES = 64 * 1024;

/** Nobody guesses it, and no answer to an earlier one holds for it. */
export const NONCE_BYTES = 32;

/** A listener that did not prove itself may be one that has just started: its files come a moment later. */
export const PROVE_AGAIN_MS = 30 * SECOND_MS;
