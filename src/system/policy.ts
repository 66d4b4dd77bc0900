/** Numbers of this room. */

/** The kernel answers at once who listens on a socket beside a lock; only a hung file system or a busy pipe takes longer. */
export const LOCK_ASK_DEADLINE_MS = 2_000;
/** Who asks whether the owner of a lock lives is let go at once: more at one moment are turned away unread. */
export const LOCK_ASKERS_MAX = 16;
/**
 * No lock file of ours is ever torn on a disk that knows hard links. An earlier version, or a copy on a disk without
 * hard links, writes one within a millisecond: a torn file is looked at twice before it counts as nobody's.
 */
export const TORN_WAIT_MS = 10;
/** Bytes of a socket's path without the closing NUL: `sun_path` holds 108 on Linux (unix(7)), 104 on macOS (sys/un.h). */
export const SOCKET_PATH_MAX = { linux: 107, other: 103 } as const;
/** `reg` and `ioreg` answer in a second at most; a hanging one must not hang whoever asks for a lock. */
export const MACHINE_TOOL_TIMEOUT_MS = 5_000;
