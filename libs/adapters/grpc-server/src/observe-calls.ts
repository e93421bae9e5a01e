import { ResponderBuilder, ServerInterceptingCall, type ServerInterceptor, status } from '@grpc/grpc-js';

/** Called after each call. */
export type CallObserver = (call: EndedCall) => void;

export interface EndedCall {
  /** `clarion.v1.ImageService/GetImage`. */
  readonly method: string;
  /** Name of the status: `OK`, `NOT_FOUND`, … */
  readonly code: string;
  readonly seconds: number;
  /** Address of the caller. */
  readonly peer: string;
}

/** Measures calls from their first header to their status; one that the caller leaves is CANCELLED. */
export function observeInterceptor(observe: CallObserver): ServerInterceptor {
  return (method, call) => {
    const started = performance.now();
    const peer = call.getPeer();
    let ended = false;
    const end = (code: status): void => {
      if (ended) return;
      ended = true;
      const seconds = (performance.now() - started) / 1000;
      observe({ method: method.path.slice(1), code: status[code], seconds, peer });
    };
    const responder = new ResponderBuilder()
      .withStart((next) => {
        next({
          onCancel() {
            end(status.CANCELLED);
          },
        });
      })
      .withSendStatus((sent, next) => {
        end(sent.code);
        next(sent);
      })
      .build();
    return new ServerInterceptingCall(call, responder);
  };
}
