import { BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire';

/**
 * The few messages of containerd's API that are needed, field by field. Unknown fields are skipped, as protocol buffers
 * require. https://github.com/containerd/containerd/tree/main/api/services (images/v1/images.proto,
 * content/v1/content.proto)
 */
export interface ContainerdDescriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** `containerd.services.images.v1.GetImageRequest`. */
export function encodeGetImage(name: string): Buffer {
  return Buffer.from(new BinaryWriter().uint32(tag(1, 2)).string(name).finish());
}

/** `containerd.services.images.v1.GetImageResponse`: the descriptor of the named image. */
export function decodeGetImage(bytes: Uint8Array): ContainerdDescriptor | undefined {
  const image = submessage(bytes, 1);
  const target = image === undefined ? undefined : submessage(image, 3);
  if (target === undefined) return undefined;
  const found = { mediaType: '', digest: '', size: 0 };
  eachField(target, (reader, field) => {
    if (field === 1) found.mediaType = reader.string();
    else if (field === 2) found.digest = reader.string();
    else if (field === 3) found.size = Number(reader.int64());
    else return false;
    return true;
  });
  return found;
}

/** `containerd.services.content.v1.ReadContentRequest`; a size of 0 is all there is. */
export function encodeReadContent({ digest, offset, size }: { digest: string; offset: number; size: number }): Buffer {
  const writer = new BinaryWriter().uint32(tag(1, 2)).string(digest);
  if (offset > 0) writer.uint32(tag(2, 0)).int64(offset);
  if (size > 0) writer.uint32(tag(3, 0)).int64(size);
  return Buffer.from(writer.finish());
}

/** `containerd.services.content.v1.ReadContentResponse`: its bytes. */
export function decodeReadContent(bytes: Uint8Array): Uint8Array {
  return submessage(bytes, 2) ?? new Uint8Array(0);
}

const tag = (field: number, wire: number): number => (field << 3) | wire;

function submessage(bytes: Uint8Array, number: number): Uint8Array | undefined {
  const found: { bytes?: Uint8Array } = {};
  eachField(bytes, (reader, field, wire) => {
    if (field !== number || wire !== 2) return false;
    found.bytes = reader.bytes();
    return true;
  });
  return found.bytes;
}

/** Calls `read` for each field and skips those that it does not consume. Throws on bytes that are not a message. */
function eachField(bytes: Uint8Array, read: (reader: BinaryReader, field: number, wire: number) => boolean): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    if (!read(reader, field, wire)) reader.skip(wire, field);
  }
}
