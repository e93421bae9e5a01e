import { neutralDenial, neutralRemedy } from '@clarion/egress';
import type { HttpAnswer } from '@clarion/http-engine';
import { ClarionError } from '@clarion/model';
import { sentTypes } from './media-types';

/** Harbor ends the scan, and shows the message. It is an answer like a report: nothing is wrong with the service. */
export function scanFailed(message: string): HttpAnswer {
  return { status: 500, json: { error: { message } }, mediaType: sentTypes.error };
}

/** What users of Harbor see of an error. */
export function messageOf(error: unknown): string {
  if (!(error instanceof ClarionError)) return 'An internal error occurred; the log has the details';
  // The caller must not learn whether an internal address exists.
  if (error.code === 'egress-denied') return withRemedy(neutralDenial, neutralRemedy);
  return withRemedy(error.message, error.remedy);
}

export function withRemedy(message: string, remedy: string | null | undefined): string {
  return remedy === undefined || remedy === null ? message : `${message}; ${remedy}`;
}
