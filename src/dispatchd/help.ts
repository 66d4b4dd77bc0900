import {
  DEFAULT_POLL_INTERVAL_MS,
  DEFAULT_WORKERS,
  MIN_DEFAULT_STALE_THRESHOLD_MS,
  STALE_THRESHOLD_INTERVALS,
} from './policy';
import { DEFAULT_PORT, STATE_FOLDER, TOKEN_FILE } from '../protocol/dispatchd';

/** What `--help` prints. */
export const HELP = `Usage: dispatchd [options]

Runs queued commands (agent CLIs, builds, anything) outside the editor and tells the whole
truth about its own health. Listens on 127.0.0.1 only.

Options                                                           environment variable
  --port <n>                     port; 0 picks a free one         DISPATCHD_PORT
                                 (default ${DEFAULT_PORT})
  --state-dir <dir>              token, lock, state and output    DISPATCHD_STATE_DIR
                                 (default ~/${STATE_FOLDER.join('/')})
  --workers <n>                  commands run at the same time;   DISPATCHD_WORKERS
                                 0 runs none (default ${DEFAULT_WORKERS})
  --poll-interval-ms <ms>        time between poll cycles         DISPATCHD_POLL_INTERVAL_MS
                                 (default ${DEFAULT_POLL_INTERVAL_MS})
  --poll-stale-threshold-ms <ms> a cycle older than this is       DISPATCHD_POLL_STALE_THRESHOLD_MS
                                 wedged (default ${MIN_DEFAULT_STALE_THRESHOLD_MS}, or
                                 ${STALE_THRESHOLD_INTERVALS} intervals if that is longer)
  --workspace <dir>              folder shown in the status       DISPATCHD_WORKSPACE
                                 (default: the current one)
  --chaos                        adds POST /api/chaos/hang and    DISPATCHD_CHAOS=1
                                 /api/chaos/release, for tests
                                 and demonstrations
  -h, --help                     this text
  -v, --version                  the version

Requests that change something or read what commands are need the token in <state-dir>/token:

  curl -H "Authorization: Bearer $(cat ~/${STATE_FOLDER.join('/')}/${TOKEN_FILE})" \\
       -d '{"name":"tests","command":"npm test"}' http://127.0.0.1:${DEFAULT_PORT}/api/tasks

Without "args", "command" is a line for the shell; with "args", it is run as it stands.
With the token: POST /api/tasks, /api/sessions/<id>/{extend,cancel,run}, /api/recovery/<id>/{run,dismiss},
  /api/daemon/shutdown, GET /api/sessions/<id>/output?tail=<lines>, GET /api/history
Without: GET /api/daemon/status, /api/health, /api/sessions, /api/tasks; with the token they
  also tell what commands, folders and prompts are

Exit codes: 0 stopped on request, 1 could not start or failed, 2 wrong usage.
`;
