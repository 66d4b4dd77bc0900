export const plainWindow: Record<string, unknown>;
