/** `http://…`, a port, or a host with its port: an address, and neither a file nor a command. */
const ADDRESS = /^([a-z][a-z\d+.-]*:\/\/|https?:\/|:\d+[/?]|:?\d+$|[^\s/\\~"']+:\d+([/?]|$)|\[)/i;
const SCHEME = /^([a-z][a-z\d+.-]*:\/\/|https?:\/)/i;
const PORT = /^:?\d+$/;
/** What stands around an address that is copied from a text, a page or settings. */
const COPIED = /^(?:["']?url["']?\s*:\s*)?["'`<(]*([^\s"'`<>()]+?)["'`>)]*[.,;]*$/i;

/** Whether somebody who types this means an address. @param word without spaces around it */
export function isTypedAddress(word: string): boolean {
  return ADDRESS.test(word);
}

/** The address in what was typed, without what was copied along and what nobody sees; where there is none, the text. */
export function addressIn(text: string): string {
  const inner = COPIED.exec(text.replace(/\p{Cf}/gu, ''))?.[1];
  // A number in quotes is no port: who quotes it means a word.
  return inner !== undefined && isTypedAddress(inner) && !PORT.test(inner) ? inner : text;
}

/** Whether it is `localhost` or numbers with dots, with a path or none: a host whose port is missing, and no file. */
export function isHostAlone(text: string): boolean {
  return /^(localhost|\d+(\.\d+){3})(\/|$)/i.test(text);
}

/** Whether the scheme of an address was typed, too. */
export function hasScheme(word: string): boolean {
  return SCHEME.test(word);
}

/** The address as a URL: a port alone is one of this machine. */
export function typedUrl(word: string): string {
  if (hasScheme(word)) return word;
  return /^:\d|^\d+$/.test(word) ? `http://127.0.0.1:${word.replace(/^:/, '')}` : `http://${word}`;
}

/** Addresses by which a daemon says that it listens everywhere, and the dot that ends a whole name: all mean this machine. */
export function here(url: URL): URL {
  const { hostname } = url;
  if (hostname === '0.0.0.0') url.hostname = '127.0.0.1';
  else if (hostname === '[::]') url.hostname = '[::1]';
  else if (/^(.+\.)?localhost\.$/i.test(hostname)) url.hostname = hostname.slice(0, -1);
  return url;
}
