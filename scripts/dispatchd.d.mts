export function runningDispatchd(stateDir: string): Promise<number | undefined>;
