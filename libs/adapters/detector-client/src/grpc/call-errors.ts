import { type ServiceError, status } from '@grpc/grpc-js';
import { ClarionError } from '@clarion/model';
import { codeOfStatus, isErrorCode, readRichStatus } from '@clarion/proto';

/**
 * Whether a call was lost in transit, so that it can be repeated: the service is unavailable, or its connection broke
 * during the call. A stream that the other side resets is CANCELLED or INTERNAL in gRPC, depending on the cause.
 */
export function isLost({ code, details }: ServiceError): boolean {
  return code === status.UNAVAILABLE || code === status.CANCELLED || isReset(code, details);
}

function isReset(code: status, details: string): boolean {
  return code === status.INTERNAL && details.includes('RST_STREAM');
}

/** The error of a call that failed for good, naming the service. */
export function toClarionError(error: ServiceError, address: string): ClarionError {
  const rich = readRichStatus(error);
  const code = rich !== undefined && isErrorCode(rich.reason) ? rich.reason : codeOfStatus(error.code);
  const { what, remedy } = rich === undefined && error.code === status.UNAVAILABLE ? unreachable(error) : failed(error);
  return new ClarionError(code, `The detector service ${address} ${what}`, {
    cause: error,
    ...((rich?.remedy ?? remedy) !== undefined && { remedy: rich?.remedy ?? remedy }),
  });
}

interface Failure {
  readonly what: string;
  readonly remedy?: string;
}

function failed({ code, details }: ServiceError): Failure {
  return code === status.DEADLINE_EXCEEDED
    ? { what: 'did not answer in time', remedy: 'check that it runs, and how busy it is' }
    : { what: `failed: ${details}` };
}

/** The library repeats itself several times; the system's error code, if there is one, is what helps. */
function unreachable({ details }: ServiceError): Failure {
  const [word] = /\bE[A-Z]{5,14}\b/.exec(details) ?? [];
  return {
    what: `cannot be reached${word === undefined ? '' : ` (${word})`}`,
    remedy: 'check that it runs, and that its address, port and TLS are those of --detectors or CLARION_DETECTORS',
  };
}
