export interface VSCodeServerOptions {
  version?: string;
  serverDataDir: string;
  port?: number;
  workspaceTrust?: boolean;
  smokeTestDriver?: boolean;
  machineSettings?: Record<string, unknown>;
  extensions?: string[];
  installed?: string;
  builtIn?: readonly string[];
  env?: Record<string, string>;
}

export interface VSCodeServer {
  url: string;
  port: number;
  installExtension(vsix: string): Promise<string>;
  writeMachineSettings(settings: Record<string, unknown>): void;
  stop(): Promise<void>;
}

export function startVSCodeServer(options: VSCodeServerOptions): Promise<VSCodeServer>;
