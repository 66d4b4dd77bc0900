import { cleanText } from '../base/text';
import { textsOf } from '../words/texts';
import type { NoPlace } from './place';

/** Why a text names nothing that can be checked, in a sentence. */
export const noPlaceText = textsOf<NoPlace>({
  noText: 'Name an address or a file.',
  noAddress: 'The address cannot be read. Write http://127.0.0.1:8080/health.',
  tls: 'A health answer is asked for over http, not https.',
  login: 'No daemon is sent a user name or a password. Leave them out.',
  noPort: 'The port is missing: 127.0.0.1:8080/health.',
  noFolder: 'No folder is open that the path could begin in. Write the whole path of the file.',
  elsewhere: ({ host }) => `${cleanText(host)} is not this machine.`,
});
