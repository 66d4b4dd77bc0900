/** @returns what ends the turn */
export function takeTurn(folder?: string): Promise<() => void>;
