import type { JsMsg } from '@nats-io/jetstream';
import { nanos, type Msg, type NatsConnection } from '@nats-io/transport-node';

/** The members of a work message that are used. */
export type WorkMessage = Pick<JsMsg, 'data' | 'headers' | 'seq' | 'ackAck' | 'nak' | 'term' | 'working'> & {
  readonly info: Pick<JsMsg['info'], 'deliveryCount'>;
};

/**
 * A message that was requested without the client's consumers, which cannot poll without waiting. For acknowledgements
 * and numbers, see https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-15.md
 */
export function pulledMessage(message: Msg, connection: NatsConnection): WorkMessage {
  const { data, headers, reply = '' } = message;
  const { deliveryCount, seq } = numbersOf(reply);
  const say = (answer: string): void => {
    connection.publish(reply, answer);
  };
  return {
    ...{ data, headers, seq, info: { deliveryCount } },
    ackAck: async ({ timeout = 5000 } = {}) => {
      await connection.request(reply, '+ACK', { timeout });
      return true;
    },
    nak: (millis) => {
      say(millis === undefined ? '-NAK' : `-NAK ${JSON.stringify({ delay: nanos(millis) })}`);
    },
    term: (reason = '') => {
      say(`+TERM ${reason}`.trimEnd());
    },
    working: () => {
      say('+WPI');
    },
  };
}

/**
 * `$JS.ACK.<stream>.<consumer>.<deliveries>.<sequence>.…`, with domain and account before the stream if the server
 * includes them.
 */
function numbersOf(reply: string): { readonly deliveryCount: number; readonly seq: number } {
  const tokens = reply.split('.');
  const [deliveries, sequence] = tokens.slice(tokens.length === 9 ? 4 : 6);
  return { deliveryCount: Number(deliveries), seq: Number(sequence) };
}
