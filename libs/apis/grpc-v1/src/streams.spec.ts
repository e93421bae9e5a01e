import { once } from 'node:events';
import { connect } from 'node:http2';
import { status } from '@grpc/grpc-js';
import { type EventEnvelope } from '@clarion/model';
import { clarionV1 } from '@clarion/proto';
import { until } from '@clarion/test-kit';
import { type ImageView } from '@clarion/use-cases';
import { type TestedGrpcApi, metadataOf, readAll, startGrpcApi } from '../testing/grpc-client';
import { type UseCaseGroups, useCasesOf } from '../testing/some-use-cases';

const digest = `sha256:${'a'.repeat(64)}`;
const { Severity, Transition } = clarionV1;

let api: TestedGrpcApi;
let open: TestedGrpcApi | undefined;
const start = async (groups: UseCaseGroups = {}): Promise<void> => {
  open = api = await startGrpcApi(useCasesOf(groups));
};
afterEach(async () => {
  await open?.close();
  open = undefined;
});

describe('streams', () => {
  const transition = (position: number): EventEnvelope => ({
    position: String(position),
    id: `n${position}`,
    at: '2026-01-02T03:04:05.000Z',
    event: {
      kind: 'image.transition',
      transition: 'affected',
      notification: `n${position}`,
      image: digest,
      vulnerability: 'CVE-2024-1',
      severity: 'High',
      reference: null,
    },
  });
  let silent = false;
  beforeEach(() => {
    silent = false;
  });
  /** Events 1 to 3 and then silence. Event 2 is of another kind. */
  async function* listen({ after, signal }: { after?: string; signal: AbortSignal }): AsyncGenerator<EventEnvelope> {
    for (const position of [1, 2, 3].filter((one) => one > Number(after ?? '0'))) {
      const envelope = transition(position);
      yield position === 2
        ? { ...envelope, event: { kind: 'image.indexed', image: digest, submission: 's' } }
        : envelope;
    }
    silent = true;
    await once(signal, 'abort');
  }

  const listens = async (): Promise<string> => {
    await until('it listens, or not', () => silent, { seconds: 5 });
    return 'listens';
  };

  it.each([
    ['', ['1', '3']],
    ['1', ['3']],
    ['3', []],
  ])('of notifications continue after position %j', async (after, positions) => {
    await start({ events: { listen } });
    const stream = api.notifications.watchNotifications({ after }, metadataOf('reader'));
    const got: clarionV1.WatchNotificationsResponse[] = [];
    stream.on('data', (item: clarionV1.WatchNotificationsResponse) => got.push(item));
    stream.on('error', () => undefined);
    await until('all events have arrived', () => silent && got.length >= positions.length);
    stream.cancel();
    expect(got.map(({ position }) => position)).toEqual(positions);
    for (const item of got) {
      expect(item).toEqual({
        position: item.position,
        at: '2026-01-02T03:04:05.000Z',
        notification: `n${item.position}`,
        transition: Transition.TRANSITION_AFFECTED,
        image: digest,
        reference: undefined,
        vulnerability: 'CVE-2024-1',
        severity: Severity.SEVERITY_HIGH,
      });
    }
  });

  it('have a share for each caller, so that one cannot use all', async () => {
    open = api = await startGrpcApi(useCasesOf({ events: { listen } }), { listeners: { ofCaller: 1, inAll: 2 } });
    const watch = (caller: 'reader' | 'operator' | 'administrator') =>
      api.notifications.watchNotifications({ after: '3' }, metadataOf(caller));
    const opened = async (caller: 'reader' | 'operator') => {
      silent = false;
      const stream = watch(caller).on('error', () => undefined);
      await until('it listens', () => silent);
      return stream;
    };
    const refused = (message: string) => ({
      items: [],
      refused: { status: status.RESOURCE_EXHAUSTED, reason: 'too-many-requests', message, retryAfterSeconds: 10 },
    });
    const first = await opened('reader');
    expect(await readAll(watch('reader'))).toEqual(refused('This caller has too many streams'));
    await opened('operator');
    expect(await readAll(watch('administrator'))).toEqual(refused('There are too many streams'));
    first.cancel();
    await until('the slot is free', async () => {
      silent = false;
      const stream = watch('reader');
      const answer = await Promise.race([once(stream, 'error').then(() => 'refused'), listens()]);
      stream.cancel();
      return answer === 'listens';
    });
  });

  it('end when the server stops, with a status that makes clients reconnect', async () => {
    await start({ events: { listen } });
    const answer = readAll(api.notifications.watchNotifications({ after: '' }, metadataOf('reader')));
    await until('all events have arrived', () => silent);
    api.stop();
    const { items, refused } = await answer;
    expect(items.map(({ position }) => position)).toEqual(['1', '3']);
    expect(refused).toMatchObject({ status: status.UNAVAILABLE, reason: 'stopping', retryAfterSeconds: 1 });
  });

  it('send no faster than their caller reads', async () => {
    let made = 0;
    const view: ImageView = {
      digest,
      state: 'indexing',
      reference: 'r'.repeat(100_000),
      references: [],
      formerReferences: [],
      platform: 'linux/amd64',
      layers: [],
      submittedAt: null,
      indexedAt: null,
      failure: null,
      severities: null,
      severitiesMissing: 'not-indexed',
      totals: null,
      countedApart: null,
      incomplete: ['not-indexed'],
    };
    await start({
      images: {
        async *watch(_digest, signal) {
          while (!signal.aborted && made < 1000) {
            made += 1;
            yield await Promise.resolve(view);
          }
        },
      },
    });
    // grpc-js itself reads ahead of its caller, so this uses a client that reads nothing from its socket.
    const session = connect(`http://${api.address}`);
    const request = Buffer.from(clarionV1.WatchImageRequest.encode({ digest }).finish());
    const call = session.request({
      ':method': 'POST',
      ':path': clarionV1.ImageServiceService.watchImage.path,
      'content-type': 'application/grpc',
      te: 'trailers',
      authorization: String(metadataOf('reader').get('authorization')[0]),
    });
    call.pause();
    call.end(Buffer.concat([Buffer.from([0, 0, 0, 0, request.length]), request]));
    const seen: number[] = [];
    await until('no more is made', () => made > 0 && seen.push(made) > 20 && seen.at(-20) === made);
    expect(made).toBeLessThan(100);
    call.resume();
    await once(call, 'end');
    expect(made).toBe(1000);
    session.close();
  });
});
