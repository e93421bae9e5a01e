import { fromBinary } from '@bufbuild/protobuf';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { type DescriptorProto, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { type ServiceDefinition, status } from '@grpc/grpc-js';

/** Limits for one message of a request. */
export interface MessageBounds {
  readonly bytes: number;
  /** Fields that are set, in it and in all messages within it. */
  readonly fields: number;
}

const defaultBounds: MessageBounds = { bytes: 64 * 1024, fields: 1000 };
const maxDepth = 300;

/** Replaces a message that was not decoded. */
export class RefusedMessage {
  readonly code: status;
  readonly details: string;

  constructor(code: status, details: string) {
    this.code = code;
    this.details = details;
  }
}

/** The fields that hold messages, of one type of message: by number, the name of their type. */
type MessageFields = ReadonlyMap<number, string>;
type MessageTypes = ReadonlyMap<string, MessageFields>;

/** The messages and calls in a set of descriptors. */
export interface DescribedMessages {
  readonly types: MessageTypes;
  /** Request type of a call, by its path: `/clarion.v1.ImageService/GetImage`. */
  readonly requests: ReadonlyMap<string, string>;
}

/** Reads a serialised FileDescriptorSet. */
export function describedMessages(descriptors: Uint8Array): DescribedMessages {
  const types = new Map<string, MessageFields>();
  const requests = new Map<string, string>();
  const add = (message: DescriptorProto, scope: string): void => {
    const name = `${scope}.${message.name}`;
    const fields = message.field.filter(({ typeName }) => typeName !== '');
    types.set(name, new Map(fields.map(({ number, typeName }) => [number, typeName])));
    for (const inner of message.nestedType) add(inner, name);
  };
  for (const file of fromBinary(FileDescriptorSetSchema, descriptors).file) {
    const scope = file.package === '' ? '' : `.${file.package}`;
    for (const message of file.messageType) add(message, scope);
    for (const { name, method } of file.service) {
      for (const call of method) requests.set(`/${scope.slice(1)}.${name}/${call.name}`, call.inputType);
    }
  }
  return { types, requests };
}

/**
 * The service with requests that are limited before they are decoded: a decoded message can be a hundred times as large
 * as its bytes. A rejected message is decoded as `RefusedMessage`.
 */
export function boundedService(
  definition: ServiceDefinition,
  bounds: Readonly<Record<string, MessageBounds>>,
  described: DescribedMessages,
): ServiceDefinition {
  const methods = Object.entries(definition).map(([name, method]) => {
    const type = described.requests.get(method.path);
    const bound = bounds[name] ?? (method.requestStream ? undefined : defaultBounds);
    if (type === undefined || bound === undefined) return [name, method] as const;
    const requestDeserialize = (bytes: Buffer): unknown =>
      rejectedMessage(bytes, bound, { type, types: described.types }) ?? method.requestDeserialize(bytes);
    return [name, { ...method, requestDeserialize }] as const;
  });
  return Object.fromEntries(methods);
}

interface Typed {
  readonly type: string;
  readonly types: MessageTypes;
}

function rejectedMessage(bytes: Uint8Array, bounds: MessageBounds, typed: Typed): RefusedMessage | undefined {
  if (bytes.length > bounds.bytes) {
    return new RefusedMessage(status.RESOURCE_EXHAUSTED, `The message has more than ${bounds.bytes} bytes`);
  }
  try {
    const { fields } = bounds;
    countFields(new BinaryReader(bytes), typed, { end: bytes.length, depth: 0, left: { fields } });
    return undefined;
  } catch (error) {
    if (error instanceof TooMuch) return new RefusedMessage(status.INVALID_ARGUMENT, error.message);
    return new RefusedMessage(status.INVALID_ARGUMENT, 'The message cannot be decoded');
  }
}

class TooMuch extends Error {}

interface Scope {
  readonly end: number;
  readonly depth: number;
  /** Remaining budget, across all messages. */
  readonly left: { fields: number };
}

/** Walks the fields of a message like its decoder. Throws where decoding would create too many objects. */
function countFields(reader: BinaryReader, { type, types }: Typed, { end, depth, left }: Scope): void {
  if (depth > maxDepth) throw new TooMuch(`The message is nested deeper than ${maxDepth}`);
  const messages = types.get(type);
  while (reader.pos < end) {
    const [field, wire] = reader.tag();
    left.fields -= 1;
    if (left.fields < 0) throw new TooMuch('The message has too many fields');
    if (wire === WireType.StartGroup || wire === WireType.EndGroup) throw new Error('A group');
    if (wire !== WireType.LengthDelimited) {
      reader.skip(wire);
      continue;
    }
    const length = reader.uint32();
    const next = reader.pos + length;
    if (next > end) throw new Error('Longer than what it is in');
    const inner = messages?.get(field);
    if (inner !== undefined) countFields(reader, { type: inner, types }, { end: next, depth: depth + 1, left });
    reader.pos = next;
  }
  if (reader.pos > end) throw new Error('Longer than what it is in');
}
