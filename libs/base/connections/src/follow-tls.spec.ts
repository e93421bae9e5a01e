import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { makeCertificates, replaceFile } from '@clarion/test-kit';
import { currentContext, type FollowedTls, followTls, type TlsNotice } from './follow-tls';
import { serveTls } from './serve-tls';

// Two authorities, and two certificates of each.
const [mine, other] = [makeCertificates(), makeCertificates()];
afterAll(() => {
  mine.remove();
  other.remove();
});

let folder: string;
let notices: TlsNotice[];
let followed: FollowedTls | undefined;
let server: Server | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clarion-follow-'));
  notices = [];
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'setTimeout', 'clearTimeout', 'queueMicrotask'] });
});
afterEach(() => {
  followed?.close();
  server?.close();
  jest.useRealTimers();
  rmSync(folder, { recursive: true });
});

type Pair = readonly [cert: string, key: string];
const pairOf = ({ server: { certificate, key } }: typeof mine): Pair => [certificate.pem, key.pem];
const at = (name: string): string => join(folder, name);
const outcomes = (): readonly string[] => notices.map(({ outcome }) => outcome);

function follow(): FollowedTls {
  const source = { use: 'serving', certificate: { file: at('tls.crt') }, key: { file: at('tls.key') } };
  followed = followTls(source, (notice) => notices.push(notice));
  return followed;
}

/** Serves with the followed files; resolves to its port. */
async function serve(tls: FollowedTls): Promise<number> {
  const serveConnection = serveTls({
    ...{ tls, protocols: ['http/1.1'], headersMillis: 5000 },
    serveWith: () => (socket) => socket.end('served'),
  });
  const listening = createServer(serveConnection);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  return (listening.address() as AddressInfo).port;
}

/** The authority that a client must trust for a new connection: the name of the one that the handshake succeeds with. */
async function servedBy(port: number): Promise<string | undefined> {
  for (const [name, { ca }] of Object.entries({ mine, other })) {
    const trusted = await new Promise<boolean>((resolve) => {
      const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ca: ca.pem }, () => {
        socket.write('?');
      });
      socket.once('data', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => {
        resolve(false);
      });
    });
    if (trusted) return name;
  }
  return undefined;
}

const write = ([cert, key]: Pair, into = ''): void => {
  writeFileSync(at(`${into}tls.crt`), cert);
  writeFileSync(at(`${into}tls.key`), key);
};

/** The ways in which files are replaced: each is prepared with the first pair, and then replaces it. */
const ways: readonly [string, (pair: Pair) => void, (pair: Pair) => void][] = [
  [
    'a rename of each',
    write,
    ([cert, key]) => {
      replaceFile(at('tls.crt'), cert);
      replaceFile(at('tls.key'), key);
    },
  ],
  ['a rewrite in place', write, write],
  [
    'a swap of a link to their folder, as in Kubernetes',
    (pair) => {
      mkdirSync(at('..one'));
      write(pair, '..one/');
      symlinkSync('..one', at('..data'));
      for (const name of ['tls.crt', 'tls.key']) symlinkSync(join('..data', name), at(name));
    },
    (pair) => {
      mkdirSync(at('..two'));
      write(pair, '..two/');
      symlinkSync('..two', at('..new'));
      renameSync(at('..new'), at('..data'));
      rmSync(at('..one'), { recursive: true });
    },
  ],
];

describe.each(ways)('certificates that are replaced by %s', (_, prepare, replace) => {
  it('are served to connections that begin afterwards', async () => {
    prepare(pairOf(mine));
    const tls = follow();
    const port = await serve(tls);
    expect(await servedBy(port)).toBe('mine');
    replace(pairOf(other));
    jest.advanceTimersByTime(5000);
    expect(await servedBy(port)).toBe('other');
    expect(outcomes()).toEqual(['loaded', 'loaded']);
    expect(notices.at(-1)?.expiresAt?.getTime()).toBeGreaterThan(Date.now());
  });
});

const [cert, key] = pairOf(mine);

describe('certificates that cannot be used', () => {
  it.each<readonly [string, () => Pair]>([
    ['have the key of another one', () => [pairOf(other)[0], key]],
    ['are empty', () => ['', key]],
    ['are cut off', () => [cert.slice(0, 200), key]],
    ['are not PEM', () => ['hello', key]],
    ['have something else as their key', () => [cert, 'hello']],
    ['are larger than 1 MiB', () => [cert + '\n'.repeat(1 << 20), key]],
  ])('%s: those of before are served until the files are right', async (_, wrong) => {
    write([cert, key]);
    const tls = follow();
    const port = await serve(tls);
    write(wrong());
    jest.advanceTimersByTime(5000);
    expect(await servedBy(port)).toBe('mine');
    // The same files are not reported again.
    jest.advanceTimersByTime(60_000);
    expect(outcomes()).toEqual(['loaded', 'rejected']);
    expect(notices.at(-1)).toHaveProperty('error.message');
    write(pairOf(other));
    jest.advanceTimersByTime(5000);
    expect(await servedBy(port)).toBe('other');
    expect(outcomes()).toEqual(['loaded', 'rejected', 'loaded']);
  });

  it('are over', () => {
    write([cert, key]);
    const tls = follow();
    const { material } = tls;
    // Those of the test kit are good for two days.
    jest.setSystemTime(Date.now() + 3 * 86_400_000);
    write(pairOf(other));
    jest.advanceTimersByTime(5000);
    expect(outcomes()).toEqual(['loaded', 'rejected']);
    expect(tls.material).toBe(material);
  });

  it('are away for a while', () => {
    write([cert, key]);
    const tls = follow();
    rmSync(at('tls.key'));
    jest.advanceTimersByTime(5000);
    expect(tls.material.cert).toBe(cert);
    write(pairOf(other));
    jest.advanceTimersByTime(5000);
    expect(tls.material.cert).toBe(pairOf(other)[0]);
    expect(outcomes()).toEqual(['loaded', 'rejected', 'loaded']);
  });

  it('are an error at the start', () => {
    write([pairOf(other)[0], key]);
    expect(follow).toThrow('The certificates for serving cannot be used');
    expect(() => followTls({ use: 'nats', ca: { text: '' } })).toThrow(
      'cannot be used: there is no certificate in PEM format',
    );
  });
});

it('gives clients that keep a context the current one for each connection', async () => {
  writeFileSync(at('ca.pem'), other.ca.pem);
  write(pairOf(mine));
  const port = await serve(follow());
  const authorities = followTls({ use: 'mongodb', ca: { file: at('ca.pem') } });
  const secureContext = currentContext(authorities);
  const isTrusted = (): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', secureContext }, () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => {
        resolve(false);
      });
    });
  expect(await isTrusted()).toBe(false);
  replaceFile(at('ca.pem'), mine.ca.pem);
  jest.advanceTimersByTime(5000);
  expect(await isTrusted()).toBe(true);
  authorities.close();
});
