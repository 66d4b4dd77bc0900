import {
  DEFAULT_POLL_INTERVAL_MS,
  DEFAULT_TIMEOUT_MS,
  DEFAULT_WORKERS,
  MAX_POLL_INTERVAL_MS,
  MAX_WORKERS,
  MIN_DEFAULT_STALE_THRESHOLD_MS,
  MIN_POLL_INTERVAL_MS,
  RECOVERY_MAX_AGE_MS,
  SHUTDOWN_GRACE_MS,
  STALE_THRESHOLD_INTERVALS,
} from './policy';
import { DEFAULT_PORT, STATE_FOLDER, TOKEN_FILE } from '../protocol/dispatchd';
import { HOUR_MS, SECOND_MS } from '../base/time';

/** What `--help` prints. */
export const HELP = `Usage: dispatchd [options]
       dispatchd check [--allow-remote] <url or file>

Runs commands for you in the background, one after the other or some at the same time, each with a
time limit. They go on when the editor or the terminal that posted them is closed. Programs talk to
it by HTTP on 127.0.0.1; other machines cannot reach it.

"dispatchd" alone starts it in the foreground; its log goes to stderr, its address to stdout.
Ctrl-C or SIGTERM stops it: commands that run get SIGTERM, and SIGKILL ${SHUTDOWN_GRACE_MS / SECOND_MS} s later; a second
Ctrl-C kills them at once. A start within the next ${RECOVERY_MAX_AGE_MS / HOUR_MS} h goes on with what waited,
and runs those again that are resumable or named; the rest is listed as interrupted.

Options (flag, variable of the environment, meaning)
  --port <n>                      DISPATCHD_PORT
       0 to 65535; 0 picks a free one (default ${DEFAULT_PORT})
  --state-dir <dir>               DISPATCHD_STATE_DIR
       a folder of its own for token, lock, state and output (default ~/${STATE_FOLDER.join('/')})
  --workers <n>                   DISPATCHD_WORKERS
       commands that run at the same time, 0 to ${MAX_WORKERS}; 0 runs none (default ${DEFAULT_WORKERS})
  --poll-interval-ms <ms>         DISPATCHD_POLL_INTERVAL_MS
       time between poll cycles, ${MIN_POLL_INTERVAL_MS} to ${MAX_POLL_INTERVAL_MS} (default ${DEFAULT_POLL_INTERVAL_MS})
  --poll-stale-threshold-ms <ms>  DISPATCHD_POLL_STALE_THRESHOLD_MS
       a cycle that takes longer is reported as wedged; longer than the interval
       (default ${MIN_DEFAULT_STALE_THRESHOLD_MS}, or ${STALE_THRESHOLD_INTERVALS} intervals if that is longer)
  --workspace <dir>               DISPATCHD_WORKSPACE
       an existing folder: commands run there, and the status shows it (default: the current one)
  --chaos                         DISPATCHD_CHAOS=1, or true
       for tests: adds POST /api/chaos/hang, /api/chaos/release and /api/chaos/crash
  -h, --help, -v, --version

To run a command, post a task with the token, which is in the file "${TOKEN_FILE}" in the state directory:

  curl -H "Authorization: Bearer $(cat ~/${STATE_FOLDER.join('/')}/${TOKEN_FILE})" \\
       -d '{"name":"tests","command":"npm test"}' http://127.0.0.1:${DEFAULT_PORT}/api/tasks

dispatchd makes a new token after a crash: read the file again then.

Fields of a task; name and command are needed
  name       how it is listed
  command    a line for the shell; with args, a program
  args       list of strings, handed to the program as they are
  cwd        folder to run in (default: the workspace)
  timeoutMs  time limit in milliseconds (default ${DEFAULT_TIMEOUT_MS}); output extends it by up to 3 times 2 min
  resumable  true: after a crash or a stop it is run again by itself (default false)
  kind       "foreground" (default), or "named": tasks of one name run one after the other

With the token: POST /api/tasks, /api/sessions/<id>/{extend,cancel,run},
  /api/recovery/<id>/{run,dismiss}, /api/daemon/shutdown,
  GET /api/sessions/<id>/output?tail=<lines>, /api/history
Without: GET /api/daemon/status, /api/health, /api/sessions, /api/tasks; with the token they
  also tell what commands, folders and prompts are
For Prometheus: GET /metrics. For any monitor: GET /health (health+json), and
  /livez (it answers), /readyz (its poll loop gets on), both with ?verbose

"dispatchd check" says what a health answer of any daemon lacks to tell progress from presence: http
on this machine, or with --allow-remote on another one; 10 s at most.

Exit codes: 0 stopped on request, 1 could not start or failed, 2 wrong usage;
of check: 0 nothing is lacking, 1 something is, or nothing answers, 2 wrong usage
`;
