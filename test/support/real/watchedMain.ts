/** A window in a process of its own: `watchedMain.ts ENTRY` prints what it sees, one JSON a line, until its input ends. */
import { Watched } from './watched';

process.stdin.once('end', () => process.exit()).resume();
new Watched(JSON.parse(process.argv[2]!) as object, (seen) => console.log(JSON.stringify(seen)));
