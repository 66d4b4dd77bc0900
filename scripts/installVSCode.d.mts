export function vscodeVersion(): string;
export function themesOf(version?: string): { light: string; dark: string };
