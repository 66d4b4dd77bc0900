export interface DispatchdOptions {
  stateDir: string;
  port?: number;
  flags?: string[];
}

export interface Dispatchd {
  url: string;
  port: number;
  restart: { command: string; args: string[] };
  post(path: string, body?: unknown): Promise<unknown>;
  stop(): Promise<void>;
}

export function startDispatchd(options: DispatchdOptions): Promise<Dispatchd>;
export function runningDispatchd(stateDir: string): Promise<number | undefined>;
export function stopDispatchd(stateDir: string): Promise<void>;
