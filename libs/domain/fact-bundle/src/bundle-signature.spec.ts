import { generateKeyPairSync } from 'node:crypto';
import { bundleSigner, bundleVerifier } from './bundle-signature';
import { readBundle } from './read-bundle';
import { exportFacts } from './export-facts';

function pair(): {
  readonly sign: ReturnType<typeof bundleSigner>;
  readonly verify: ReturnType<typeof bundleVerifier>;
} {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const sign = bundleSigner(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  return { sign, verify: bundleVerifier(publicKey.export({ type: 'spki', format: 'pem' }).toString()) };
}

async function* none(): AsyncGenerator<never> {
  // A store without facts.
}

const store = {
  feedStates: () => Promise.resolve([]),
  texts: none,
  allRepositories: none,
} as unknown as Parameters<typeof exportFacts>[0];

async function read(
  sign: ReturnType<typeof bundleSigner> | undefined,
  verify: ReturnType<typeof bundleVerifier> | undefined,
): Promise<number> {
  const bytes = exportFacts(store, (feed) => feed, sign);
  const records: unknown[] = [];
  for await (const record of readBundle(bytes, 'facts.gz', verify)) records.push(record);
  return records.length;
}

const [ours, theirs] = [pair(), pair()];

it.each([
  ['signed by the expected key', ours.sign, ours.verify],
  ['signed, and no key is expected', ours.sign, undefined],
  ['not signed, and no key is expected', undefined, undefined],
] as const)('a bundle %s is read', async (_, sign, verify) => {
  expect(await read(sign, verify)).toBe(0);
});

it.each([
  ['without a signature', undefined, 'has no signature'],
  ['signed by another key', theirs.sign, 'is not by the expected key'],
  ['whose signature is of another bundle', () => ours.sign('0'.repeat(64)), 'is not by the expected key'],
  ['whose signature is garbage', () => 'x', 'is not by the expected key'],
] as const)('a bundle %s is rejected if a key is expected', async (_, sign, message) => {
  await expect(read(sign, ours.verify)).rejects.toMatchObject({
    code: 'digest-mismatch',
    message: expect.stringContaining(message) as string,
  });
});

it.each([
  ['nothing', ''],
  [
    'another kind of key',
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
  ],
])('%s is not a valid key', (_, pem) => {
  for (const make of [bundleSigner, bundleVerifier]) {
    expect(() => make(pem.toString())).toThrow(expect.objectContaining({ code: 'invalid-input' }) as Error);
  }
});
