/** The package describes this entry only through `exports`, which node10 resolution does not read. */
declare module 'zstddec/stream' {
  export class ZSTDDecoder {
    init(): Promise<void>;
    decodeStreaming(arrays: Iterable<Uint8Array>): Generator<Uint8Array>;
  }
}
