import { neutralDenial, type EgressResponse } from '@clarion/egress';
import { type ClarionError, escapeUnprintable, type WebhookAnswer } from '@clarion/model';

/** Maximum bytes of a response that are read; the rest is ignored. */
const maxRead = 64 * 1024;
/** Maximum bytes of a response that are kept. */
const maxKept = 1024;
/** Shorter values are not secret, and replacing them would garble every text. */
const shortestSecret = 6;

/** Reads the relevant part of a response, without any of the secrets that were sent. */
export async function readAnswer(response: EgressResponse, secrets: readonly string[]): Promise<WebhookAnswer> {
  const { status, headers } = response;
  const retryAfter = headers.get('retry-after');
  const text = await firstBytes(response);
  return {
    status,
    error: null,
    answer: keptText(text, secrets),
    ...(retryAfter === undefined ? {} : { retryAfter: retryAfter.slice(0, 100) }),
  };
}

/** Describes why there was no response. */
export function failedAnswer(error: ClarionError, secrets: readonly string[]): WebhookAnswer {
  // The egress reports a redirect that must not be followed as one too many.
  const isRedirect = error.code === 'limit-exceeded' && error.message.includes('redirects');
  // The owner of the receiver reads this: it must not reveal internal names and addresses.
  const message = error.code === 'egress-denied' ? neutralDenial : error.message;
  return { status: null, error: isRedirect ? 'redirect' : error.code, answer: keptText(message, secrets) };
}

async function firstBytes({ body }: EgressResponse): Promise<string> {
  const chunks: Uint8Array[] = [];
  let read = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      read += chunk.byteLength;
      if (read >= maxRead) break;
    }
  } catch {
    // The status has arrived; a truncated body does not matter.
  }
  return Buffer.concat(chunks).toString('utf8');
}

function keptText(text: string, secrets: readonly string[]): string {
  const hidden = secrets
    .filter((secret) => secret.length >= shortestSecret)
    .sort((a, b) => b.length - a.length)
    .reduce((rest, secret) => rest.replaceAll(secret, '[redacted]'), text);

  const plain = escapeUnprintable(hidden.replace(/[\s\ufffd]+/g, ' ').trim());
  return Buffer.from(plain)
    .subarray(0, maxKept)
    .toString('utf8')
    .replace(/\ufffd+$/, '');
}
