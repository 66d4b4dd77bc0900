import { iso } from './clock';

/** Where dispatchd says what happened. Only transitions are logged, never a routine poll. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** Lines on stderr, with time and level; stdout is for what scripts read. */
export function stderrLog(wallMs: () => number = Date.now): Log {
  const write = (level: string) => (message: string) =>
    void process.stderr.write(`${iso(wallMs())} ${level} ${message.replace(/\s*\n\s*/g, ' ')}\n`);
  return { info: write('INFO '), warn: write('WARN '), error: write('ERROR') };
}
