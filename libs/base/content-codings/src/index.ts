export { acceptedCoding } from './accepted-coding';
export { codings, type ContentCoding, decode, decodeChunks, encode, encodeChunks } from './codings';
