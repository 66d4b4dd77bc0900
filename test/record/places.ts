/** The top of the repository: every program of the record runs there. */
export const root = process.cwd();
