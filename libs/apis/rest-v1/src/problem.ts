import { ClarionError, type ErrorCode } from '@clarion/model';
import { AuthenticationError } from '@clarion/authentication';
import { neutralDenial, neutralRemedy } from '@clarion/egress';
import { InvalidRecord, PreconditionError, type PreconditionCode } from '@clarion/use-cases';
import { type HttpCode, HttpError, InvalidMembers, type MemberError, type RenderedError } from '@clarion/http-engine';
import { mostErrors, type HttpProblemCode, type ProblemDetails, problemStatus } from '@clarion/rest-v1-contract';

/** Every thrown error has one of the codes of the contract. */
const statusOf: Readonly<Record<ErrorCode | PreconditionCode | HttpCode, readonly [status: number, title: string]>> =
  problemStatus;

const retrySeconds = 5;
/** Waiting does not help where nothing was known at a time of the past. */
const unknownPast = [410, 'What was known at that time is not stored'] as const;

/** The problem that callers get for an error; for one that is not ours, only that it happened. */
export function renderProblem(error: unknown, requestId: string): RenderedError {
  if (error instanceof HttpError)
    return answer(error.code, { requestId, detail: error.message, headers: error.headers });
  if (error instanceof PreconditionError) {
    return answer(error.code, {
      requestId,
      detail: error.message,
      headers: { 'retry-after': String(error.retryAfterSeconds) },
    });
  }
  if (error instanceof AuthenticationError) return authenticationProblem(error, requestId);
  if (error instanceof ClarionError) {
    const { code, message: detail, remedy, retryable } = error;
    if (error.isPermanent) return answer(code, { requestId, detail, remedy, status: unknownPast });
    const headers = retryable || code === 'no-data' ? { 'retry-after': String(retrySeconds) } : {};
    // The caller must not learn whether an internal address exists.
    const neutral = code === 'egress-denied' ? { detail: neutralDenial, remedy: neutralRemedy } : { detail, remedy };
    return answer(code, { requestId, headers, ...neutral, ...membersOf(error) });
  }
  return answer('internal', { requestId });
}

function membersOf(error: ClarionError): { readonly errors?: readonly MemberError[] } {
  if (error instanceof InvalidMembers) return { errors: error.errors };
  if (!(error instanceof InvalidRecord)) return {};
  return {
    errors: error.details
      .slice(0, mostErrors)
      .map(({ pointer, detail }) =>
        pointer === undefined
          ? { in: 'path', parameter: 'namespace', detail }
          : { in: 'body', pointer: `#${pointer}`, detail },
      ),
  };
}

function authenticationProblem({ retryAfterSeconds }: AuthenticationError, requestId: string): RenderedError {
  if (retryAfterSeconds !== undefined) {
    return answer('too-many-requests', { requestId, headers: { 'retry-after': String(retryAfterSeconds) } });
  }
  return answer('unauthenticated', { requestId, headers: { 'www-authenticate': 'Bearer' } });
}

interface ProblemParts {
  readonly requestId: string;
  readonly detail?: string | undefined;
  readonly remedy?: string | undefined;
  readonly errors?: readonly MemberError[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Instead of that of the code. */
  readonly status?: readonly [status: number, title: string];
}

function answer(
  code: HttpProblemCode,
  { requestId, detail, remedy, errors, headers = {}, status: [status, title] = statusOf[code] }: ProblemParts,
): RenderedError {
  const body: ProblemDetails = {
    type: `urn:clarion:problem:${code}`,
    title,
    status,
    code,
    ...(detail === undefined ? {} : { detail }),
    ...(remedy === undefined ? {} : { remedy }),
    ...(errors === undefined ? {} : { errors: [...errors] }),
    requestId,
  };
  return { status, code, headers, mediaType: 'application/problem+json', body: JSON.stringify(body) };
}
