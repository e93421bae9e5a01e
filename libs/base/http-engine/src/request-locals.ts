import type { Response } from 'express';

/** The state of a request while it is answered, for its log line and its errors. */
export interface RequestLocals {
  /** Names the request in logs and answers. */
  requestId: string;
  /** Address of the caller, behind trusted proxies. */
  address: string;
  /** Path of the route, parameters in braces; absent without a route. */
  route?: string;
  /** Name of the caller, once it is known. */
  callerName?: string;
  /** Code of the error that is the answer. */
  code?: string;
}

/** The locals of a response that `observeRequest` has seen. */
export function localsOf(response: Response): RequestLocals {
  return response.locals as RequestLocals;
}
