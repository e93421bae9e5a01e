import type { IncomingMessage } from 'node:http';
import { acceptedCoding, type ContentCoding } from '@clarion/content-codings';
import type { Response } from 'express';

/** Smaller bodies fit into a packet as they are. */
const leastBytes = 1024;

/** The coding in which a body of this size is sent: the one that its caller prefers, undefined for none. */
export function codingFor(request: IncomingMessage, bytes: number): ContentCoding | undefined {
  return bytes < leastBytes ? undefined : acceptedBy(request);
}

/**
 * Sets the headers of an answer in a coding, or of one that other callers may get in a coding. Where the caller accepts
 * any, its `ETag` becomes weak, also without a body (304): it names the content in all codings (RFC 9110 §8.8.3.3).
 */
export function setCoding(response: Response, coding: ContentCoding | undefined, tagsNameStates: boolean): void {
  response.vary('accept-encoding');
  if (coding !== undefined) response.set('content-encoding', coding);
  if (tagsNameStates) return;
  const tag = response.get('etag') ?? '';
  if (tag.startsWith('"') && acceptedBy(response.req) !== undefined) response.set('etag', `W/${tag}`);
}

function acceptedBy({ headers }: IncomingMessage): ContentCoding | undefined {
  return acceptedCoding(headers['accept-encoding']?.toString());
}
