export const root: string;
export const cacheDir: string;
export const outDir: string;
export const vsixFile: string;
