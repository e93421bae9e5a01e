import type { Response } from 'express';

/**
 * Sets the type of an answer. One with parameters is sent as it is: Express would add a charset, and clients that compare
 * whole types take that for another one. The body must then be sent as bytes.
 */
export function setMediaType(response: Response, mediaType: string): void {
  if (mediaType.includes(';')) response.setHeader('content-type', mediaType);
  else response.type(mediaType);
}
