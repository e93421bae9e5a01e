import { trace } from '@opentelemetry/api';

/** Names the span of the request that is answered now after its route: until that is known, only its method is. */
export function nameRequestSpan({ method, route }: { readonly method: string; readonly route: string }): void {
  // https://opentelemetry.io/docs/specs/semconv/http/http-spans/#name
  trace.getActiveSpan()?.updateName(`${method} ${route}`).setAttribute('http.route', route);
}
