import { dispatchdFile, stopDaemons } from '../support/dispatchd/daemonProcess';
import { Scope } from './support';

/** For the tests of this suite, which start daemons: after each of them all is closed and stopped. */
export function dispatchdScope(): Scope {
  const scope = new Scope();
  before(() => dispatchdFile());
  afterEach(async () => {
    await scope.close();
    await stopDaemons();
  });
  return scope;
}
