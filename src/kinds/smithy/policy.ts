/** That question is put inside the ask, before its deadline, and leaves at least this share of the ask to the status. */
export const STATUS_SHARE_OF_ASK = 0.5;

/** smithy's documented defaults: stewards end after 30 min, all others never (0 = off). */
export const SMITHY_SESSION_LIMIT_MS = 0;
export const SMITHY_STEWARD_LIMIT_MS = 1_800_000;

/** Its true limits change by hand only; read again this often, where the setting allows it at all. */
export const SMITHY_LIMITS_REREAD_MS = 600_000;

/** smithy's default port, and how many it tries one after the other when its own is taken (its serve command). */
export const SMITHY_FIRST_PORT = 3_457;
export const SMITHY_PORTS = 20;

/** A daemon's database is asked for again this often: another process may have taken its port between two polls. */
export const DATABASE_MAX_AGE_MS = 60_000;

/**
 * smithy reads all tasks twice for its diagnostics, 40 ms with a thousand of them: as seldom costs a 3000th of its time,
 * and is soon enough for what has waited ten minutes.
 */
export const MERGE_QUEUE_REREAD_MS = 120_000;

/** smithy starts a headless agent within two minutes, or gives up. */
export const RESUME_TIMEOUT_MS = 130_000;

/** Routes of smithy, and of the kinds that extend it. */
export const STATUS_ROUTE = '/api/daemon/status';
/** Asked where the status does not come, and for what the status does not tell. */
export const HEALTH_ROUTE = '/api/health';
export const AGENTS_ROUTE = '/api/agents';
export const SESSIONS_ROUTE = '/api/sessions';
export const DIAGNOSTICS_ROUTE = '/api/health/diagnostics';

/** Longest name or value of a field that is told to be wrong, in characters; a row shows about as many. */
export const MAX_FIELD_CHARS = 60;

/** So many wrong fields show that an answer is another program's; more would fill the hover. */
export const MAX_MALFORMED = 20;

/** smithy ends the install of a worktree's dependencies after so long; the poll cycle waits for that. */
export const LONGEST_INSTALL_MS = 300_000;
