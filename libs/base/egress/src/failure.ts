import { ClarionError } from '@clarion/model';
import { EgressDenied } from './policy';

/** Codes of undici and Node which mean that the other side sent something that a retry will not fix. */
const final = new Map<string, string>([
  ['UND_ERR_HEADERS_OVERFLOW', 'its answer has too many header bytes'],
  ['CERT_HAS_EXPIRED', 'its certificate has expired'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is for another name'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'its certificate is self-signed'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'its certificate is signed by an unknown authority'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'its certificate is signed by an unknown authority'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'its certificate is signed by an unknown authority'],
]);

const passing = new Map<string, string>([
  ['ECONNREFUSED', 'the connection was refused'],
  ['ECONNRESET', 'the connection was reset'],
  ['EHOSTUNREACH', 'the host is not reachable'],
  ['ENETUNREACH', 'the network is not reachable'],
  ['EPROTO', 'TLS could not be agreed on (is it a plain http server?)'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'TLS could not be agreed on (is it a plain http server?)'],
  ['ERR_SSL_PACKET_LENGTH_TOO_LONG', 'TLS could not be agreed on (is it a plain http server?)'],
  ['UND_ERR_CONNECT_TIMEOUT', 'the connection was not made in time'],
  ['UND_ERR_HEADERS_TIMEOUT', 'no answer came in time'],
  ['UND_ERR_BODY_TIMEOUT', 'the answer stalled'],
  ['UND_ERR_SOCKET', 'the connection was closed'],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'the answer was cut short'],
  ['ERR_INVALID_ARG_VALUE', 'its answer is not http'],
]);

const unknownNames = new Map<string, string>([
  ['ENOTFOUND', 'the name is not known'],
  ['EAI_AGAIN', 'the name could not be resolved'],
]);

const unknownAuthority = 'add the authority to the file that NODE_EXTRA_CA_CERTS names';

/** The remedy depends on the certificate error. */
function certificateRemedy(code: string, { hostname }: URL): string {
  if (code === 'CERT_HAS_EXPIRED')
    return `have the certificate of ${hostname} renewed, or set the clock of this machine`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'use the name that the certificate is for';
  return unknownAuthority;
}

/** Converts an error of undici or the network to a `ClarionError` that names the host; an abort stays unchanged. */
export function toFailure(error: unknown, url: URL, signal?: AbortSignal): unknown {
  if (signal?.aborted === true) return signal.reason;
  const inner = innermost(error);
  if (inner instanceof ClarionError) return inner;
  const code = codeOf(inner);
  const why = final.get(code);
  if (why !== undefined) {
    const limit = code === 'UND_ERR_HEADERS_OVERFLOW';
    const options = limit ? { cause: error } : { cause: error, remedy: certificateRemedy(code, url) };
    const message = `${url.host} is not usable: ${why}`;
    return limit
      ? new ClarionError('limit-exceeded', message, options)
      : new EgressDenied('certificate', message, options);
  }
  const unknown = unknownNames.get(code);
  if (unknown !== undefined) {
    return new EgressDenied('name', `${url.host} cannot be reached: ${unknown}`, { cause: error });
  }
  const reason = passing.get(code) ?? (inner instanceof Error ? inner.message : String(inner));
  return new ClarionError('upstream-unavailable', `${url.host} cannot be reached: ${reason.slice(0, 300)}`, {
    cause: error,
  });
}

/** Whether an immediate retry of a failed request makes sense; an unknown name will still be unknown in a second. */
export function mayPass(failure: unknown): failure is ClarionError {
  return failure instanceof ClarionError && failure.retryable && codeOf(innermost(failure.cause)) !== 'ENOTFOUND';
}

/** A failed connection to several addresses arrives as an AggregateError with one failure each. */
function innermost(error: unknown): unknown {
  if (error instanceof AggregateError && error.errors.length > 0) return innermost(error.errors[0]);
  return error;
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}
