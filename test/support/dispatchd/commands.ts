/** Commands that do the same on every platform. */
export const node = (script: string) => ({ command: process.execPath, args: ['-e', script] });

/** Runs until it is stopped, in silence. */
export const LONG = node('setTimeout(() => {}, 60_000)');

/** Runs until it is stopped, writing all the time. */
export const CHATTY = node('setInterval(() => console.log("working"), 50)');
