import { Agent, fetch, type Headers, type Response } from 'undici';
import type { TestCertificates } from '../certificates';
import { until } from '../until';

/** What a call of the REST API answered. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body; empty if it is not JSON. */
  readonly json: ApiJson;
}

/** The members of responses that specs use, for all routes. */
export interface ApiJson {
  readonly state?: string;
  /** Of an endpoint that was created. */
  readonly secret?: string;
  /** Of lists. */
  readonly items: readonly ApiItem[];
  /** Of reports. */
  readonly findings: readonly { readonly id: string; readonly severity: string }[];
  /** Of a notification. */
  readonly images: { readonly items: readonly { readonly image: string }[] };
}

export interface ApiItem {
  readonly id: string;
  readonly digest: string;
  readonly lastSuccess?: string;
  readonly advisories: number;
  readonly vulnerability: string;
}

/** Calls the REST API of an installation as one caller. */
export interface ApiClient {
  readonly url: string;
  readonly token: string;
  call(method: string, path: string, body?: unknown): Promise<ApiAnswer>;
  /** Repeats a GET until its response passes; throws with the last response after `seconds`. */
  until(path: string, passes: (answer: ApiAnswer) => boolean, seconds?: number): Promise<ApiAnswer>;
  /** Collects the events of `/events` from now on. */
  follow(): Promise<{ readonly events: { readonly kind: string; readonly [member: string]: unknown }[]; stop(): void }>;
}

/** `tls` is for an https address: the authority to trust, and a client certificate. */
export function apiClient(url: string, token: string, tls?: Pick<TestCertificates, 'ca' | 'client'>): ApiClient {
  const headers = { authorization: `Bearer ${token}` };
  const connect = tls && { ca: tls.ca.pem, cert: tls.client.certificate.pem, key: tls.client.key.pem };
  const dispatcher = new Agent({ ...(connect && { connect }) });
  const call = async (method: string, path: string, body?: unknown): Promise<ApiAnswer> => {
    const json = { ...headers, 'content-type': 'application/json' };
    const init = body === undefined ? { method, headers } : { method, headers: json, body: JSON.stringify(body) };
    const response = await fetch(`${url}/api/v1${path}`, { ...init, dispatcher });
    const text = await response.text();
    const isJson = (response.headers.get('content-type') ?? '').includes('json');
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: JSON.parse(isJson ? text : '{}') as ApiJson,
    };
  };
  return {
    ...{ url, token },
    call,
    async until(path, passes, seconds = 60) {
      let answer: ApiAnswer | undefined;
      const ask = async (): Promise<boolean> => passes((answer = await call('GET', path)));
      const still = (): string => `${path} still answers ${answer?.status ?? 0} ${answer?.text.slice(0, 2000) ?? ''}`;
      await until(still, ask, { seconds, every: 100 });
      return answer!;
    },
    async follow() {
      const stopped = new AbortController();
      const response = await fetch(`${url}/api/v1/events`, { headers, signal: stopped.signal, dispatcher });
      const events: { kind: string }[] = [];
      void collect(response, events).catch(() => undefined);
      return {
        events,
        stop: () => {
          stopped.abort();
        },
      };
    },
  };
}

async function collect(response: Response, events: { kind: string }[]): Promise<void> {
  let text = '';
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += Buffer.from(chunk).toString();
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const data = /^data: ?(.*)$/m.exec(text.slice(0, end))?.[1];
      if (data !== undefined) events.push((JSON.parse(data) as { event: { kind: string } }).event);
      text = text.slice(end + 2);
    }
  }
}
