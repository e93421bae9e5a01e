export { acceptedCoding } from './accepted-coding';
export { codings, type ContentCoding, decode, encode, encodeChunks } from './codings';
