import { execFile } from 'node:child_process';
import { TOOL_TIMEOUT_MS } from './policy';

/**
 * Signals a session's whole tree. On POSIX that is the process group its leader was started in; on Windows
 * taskkill walks the children, and knows no gentle way that console programs notice.
 */
export function signalTree(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (process.platform === 'win32') {
    execFile(
      'taskkill',
      ['/pid', String(pid), '/T', '/F'],
      { timeout: TOOL_TIMEOUT_MS, windowsHide: true },
      () => {},
    );
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody left in the group.
  }
}

/** Whether anybody of the tree is left; on Windows only the leader can be asked for. */
export function isTreeAlive(pid: number): boolean {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
