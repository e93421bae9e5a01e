import type { ContentCoding } from '@clarion/content-codings';

/** A list is sent as a line for each value. */
type Headers = Readonly<Record<string, string | readonly string[]>>;

/** The answer of a call. JSON is `application/json` unless a media type is given. */
export type HttpAnswer =
  | { readonly status: number; readonly headers?: Headers; readonly json: unknown; readonly mediaType?: string }
  | { readonly status: number; readonly headers?: Headers; readonly text: string; readonly mediaType: string }
  /** A text that is kept as it is sent. */
  | { readonly status: number; readonly headers?: Headers; readonly encoded: EncodedBody; readonly mediaType: string }
  /** A text that is too large for memory. The engine closes the file. */
  | { readonly status: number; readonly headers?: Headers; readonly file: AnswerFile; readonly mediaType: string }
  | { readonly status: number; readonly headers?: Headers }
  /** Server-sent events until the caller disconnects or the events end. */
  | { readonly status: 200; readonly events: AsyncIterable<ServerSentEvent> };

/** A body that exists in several codings. */
export interface EncodedBody {
  /** Its length without a coding. */
  readonly bytes: number;
  /** All of it, in a coding. */
  readonly in: (coding: ContentCoding) => Promise<Uint8Array>;
  /** All of it as it is. */
  readonly content: () => AsyncIterable<Uint8Array>;
}

/** A body that is sent as fast as the caller reads it. */
export interface AnswerFile {
  readonly bytes: number;
  /** All of it, from the beginning. */
  readonly content: () => AsyncIterable<Uint8Array>;
  /** Called once, after it was sent or when it cannot be sent. */
  readonly close: () => Promise<void>;
}

/** https://html.spec.whatwg.org/multipage/server-sent-events.html */
export interface ServerSentEvent {
  readonly id: string;
  readonly event: string;
  readonly data: unknown;
}
