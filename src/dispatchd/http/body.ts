import { MAX_BODY_BYTES } from '../policy';
import { ApiError } from './errors';

/** Reads a JSON body of bounded size; an announced excess is refused before it is read. */
export async function jsonBody(request: Request): Promise<unknown> {
  const text = await textOf(request);
  if (text === '') throw new ApiError(400, 'INVALID_JSON', 'the body is empty');
  return parsed(text);
}

/** The same where the body may be left out. */
export async function optionalJsonBody(request: Request): Promise<unknown> {
  const text = await textOf(request);
  return text === '' ? {} : parsed(text);
}

async function textOf(request: Request): Promise<string> {
  if (Number(request.headers.get('content-length') ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BODY_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8').trim();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError(400, 'INVALID_JSON', 'the body is not valid JSON');
  }
}

function tooLarge(): ApiError {
  return new ApiError(413, 'PAYLOAD_TOO_LARGE', `the body must not exceed ${MAX_BODY_BYTES} bytes`);
}
