import { trace } from '@opentelemetry/api';

/** Names the span of the current request after its route; until then it has only the method. */
export function nameRequestSpan({ method, route }: { readonly method: string; readonly route: string }): void {
  // https://opentelemetry.io/docs/specs/semconv/http/http-spans/#name
  trace.getActiveSpan()?.updateName(`${method} ${route}`).setAttribute('http.route', route);
}
