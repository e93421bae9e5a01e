import {
  ResponderBuilder,
  ServerInterceptingCall,
  type ServerInterceptor,
  ServerListenerBuilder,
  status,
} from '@grpc/grpc-js';

/** Ends calls whose request is incomplete after `millis` with DEADLINE_EXCEEDED. */
export function requestDeadline(millis: number): ServerInterceptor {
  return (_method, call) => {
    const timer = setTimeout(() => {
      call.sendStatus({ code: status.DEADLINE_EXCEEDED, details: 'The request took too long', metadata: null });
    }, millis);
    timer.unref();
    const clear = (): void => {
      clearTimeout(timer);
    };
    const listener = new ServerListenerBuilder()
      .withOnReceiveHalfClose((next) => {
        clear();
        next();
      })
      .withOnCancel(clear)
      .build();
    const responder = new ResponderBuilder()
      .withStart((next) => {
        next(listener);
      })
      .withSendStatus((sent, next) => {
        clear();
        next(sent);
      })
      .build();
    return new ServerInterceptingCall(call, responder);
  };
}
