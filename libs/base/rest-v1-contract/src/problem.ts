import { z } from 'zod';

/** Status and title by code: the only place where they are mapped. */
export const problemStatus = {
  'invalid-input': [400, 'The request is not valid'],
  'invalid-version': [400, 'A version is not valid in its scheme'],
  'egress-denied': [400, 'An address may not be reached'],
  unauthenticated: [401, 'The token is missing or not valid'],
  forbidden: [403, 'The role of the caller does not allow this'],
  'not-found': [404, 'Not found'],
  'no-such-call': [404, 'There is no such call'],
  'method-not-allowed': [405, 'The method is not allowed here'],
  timeout: [408, 'The request did not arrive in time'],
  conflict: [409, 'The request conflicts with what is stored or under way'],
  'switched-off': [409, 'This is switched off'],
  'history-pruned': [410, 'What was known then is not stored any more'],
  'not-indexed': [409, 'The image is not indexed'],
  'too-large': [413, 'The body is too large'],
  'unsupported-media-type': [415, 'The media type of the body is not supported'],
  'idempotency-mismatch': [422, 'The Idempotency-Key belongs to another request'],
  unsupported: [422, 'This kind of content is not supported'],
  'limit-exceeded': [422, 'A limit is exceeded'],
  'corrupt-data': [422, 'The data is damaged'],
  'digest-mismatch': [422, 'The content is not what its digest says'],
  unauthorized: [422, 'A registry refused the credentials, or a receiver its consent'],
  'too-many-requests': [429, 'Too many requests'],
  'queue-full': [429, 'Too much work is waiting'],
  internal: [500, 'Internal error'],
  'upstream-unavailable': [503, 'A service that is needed cannot be reached'],
  'index-being-built': [503, 'The index that answers this is being built'],
  'storage-unavailable': [503, 'A disk of the installation cannot be written'],
  'no-data': [503, 'There is no advisory data yet'],
} as const satisfies Readonly<Record<string, readonly [status: number, title: string]>>;

/** `code` of a problem. */
export type HttpProblemCode = keyof typeof problemStatus;

/** Maximum number of errors of a request that a problem names. */
export const mostErrors = 10;

/** One member that is wrong or missing (RFC 9457 §3, `errors`). */
const memberError = z
  .strictObject({
    in: z.enum(['body', 'query', 'path', 'header']),
    pointer: z.string().optional().describe('JSON pointer into the body: `#/layers/0/url`'),
    parameter: z.string().optional().describe('Name of the parameter or header'),
    detail: z.string().describe('What is wrong with it: `is missing`, `is not known`, …'),
  })
  .meta({ id: 'MemberError' });

/** `application/problem+json` (RFC 9457). `type` names the code; programs match on `code`. */
export const problemSchema = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string().describe('Stable; docs/api.md lists them'),
    detail: z.string().optional(),
    remedy: z.string().optional().describe('What the caller can do'),
    errors: z.array(memberError).optional().describe('Which members of the request are wrong or missing'),
    requestId: z.string().describe('Names the request in the logs of the service'),
  })
  .meta({ id: 'Problem' });

/** An error in its answer form. */
export type ProblemDetails = z.output<typeof problemSchema>;
