import { openBlobImage, type BlobSource } from './blob-image';
import { sha256Of } from './digests';

const bytesOf = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

/** An image without layers whose blobs are in memory. */
function imageAtHand(number: number) {
  const config = bytesOf({ os: 'linux', architecture: 'amd64', rootfs: { diff_ids: [] }, number });
  const manifest = bytesOf({ config: { digest: sha256Of(config) }, layers: [] });
  const blobs: BlobSource = {
    has: () => true,
    manifest: () => Promise.resolve(manifest),
    blob: () => Promise.resolve(config),
    layer: () => Promise.reject(new Error('there is none')),
    identity: () => Promise.resolve(undefined),
    close: () => Promise.resolve(),
  };
  return { blobs, root: { digest: sha256Of(manifest), annotations: new Map() }, reference: `r.example/a:${number}` };
}

it('documents of images that are opened at once are verified and parsed one in each turn of the event loop', async () => {
  let loops = 0;
  let counting = true;
  const count = (): void => {
    loops += 1;
    if (counting) setImmediate(count);
  };
  setImmediate(count);
  const opened = await Promise.all(
    [0, 1, 2, 3].map(async (number) => {
      const { image } = await openBlobImage({ ...imageAtHand(number), options: {} });
      return [image.reference, loops] as const;
    }),
  ).finally(() => (counting = false));
  expect(opened.map(([reference]) => reference)).toEqual([0, 1, 2, 3].map((number) => `r.example/a:${number}`));
  expect(new Set(opened.map(([, loop]) => loop)).size).toBe(opened.length);
});
