import type { clarionV1 } from '@clarion/proto';
import { ClarionError } from '@clarion/model';
import type { ImageSearch, ImageUseCases, ReportFile, UploadOptions } from '@clarion/use-cases';
import type { AdmittedCall, callsOf } from './calls';
import { FieldError } from './errors';
import { decodeSubmission, encodeImage, encodeUndecided, encodePackage, encodeSubmitted } from './image-messages';
import { digest, optionalText, pageOf, platformOf, text } from './requests';
import { decodeSeverity } from './words';

const longestWaitSeconds = 120;
const mostTags = 100;

/** Handlers of `clarion.v1.ImageService`. */
export function imageService(images: ImageUseCases, call: ReturnType<typeof callsOf>): clarionV1.ImageServiceServer {
  return {
    submitImage: call.unary<clarionV1.SubmitImageRequest, clarionV1.SubmitImageResponse>(
      'scanner',
      async (request, admitted) => ({
        submission: encodeSubmitted(await images.submit(decodeSubmission(request), admitted)),
      }),
    ),
    uploadImage: call.clientStream<clarionV1.UploadImageRequest, clarionV1.UploadImageResponse>(
      'scanner',
      async (requests, admitted) => ({ submission: await upload(requests, images, admitted) }),
    ),
    getImage: call.unary<clarionV1.GetImageRequest, clarionV1.GetImageResponse>('reader', async (request, admitted) => {
      const waitMillis = Math.min(request.waitSeconds, longestWaitSeconds) * 1000;
      return { image: encodeImage(await images.get(digest('digest', request.digest), { waitMillis, ...admitted })) };
    }),
    listImages: call.unary<clarionV1.ListImagesRequest, clarionV1.ListImagesResponse>('reader', async (request) => {
      const { items, next = '', undecided } = await images.list(decodeSearch(request), pageOf(request));
      return { images: items.map(encodeImage), next, undecided: undecided && encodeUndecided(undecided) };
    }),
    watchImage: call.serverStream<clarionV1.WatchImageRequest, clarionV1.WatchImageResponse>(
      'reader',
      async function* (request, signal) {
        for await (const image of images.watch(digest('digest', request.digest), signal)) {
          yield { image: encodeImage(image) };
        }
      },
    ),
    getReport: call.unary<clarionV1.GetReportRequest, clarionV1.GetReportResponse>('reader', (request, admitted) =>
      report(request, images, admitted),
    ),
    listPackages: call.unary<clarionV1.ListPackagesRequest, clarionV1.ListPackagesResponse>(
      'reader',
      async (request, admitted) => {
        const { items, next = '' } = await images.packages(digest('digest', request.digest), pageOf(request), admitted);
        return { packages: items.map(encodePackage), next };
      },
    ),
    deleteImage: call.unary<clarionV1.DeleteImageRequest, clarionV1.DeleteImageResponse>(
      'administrator',
      async (request) => {
        await images.remove(digest('digest', request.digest));
        return {};
      },
    ),
  };
}

function decodeSearch({ search }: clarionV1.ListImagesRequest): ImageSearch {
  switch (search?.$case) {
    case 'repository':
      return { by: 'repository', repository: text('repository', search.value, 1024) };
    case 'package':
      return { by: 'package', package: text('package', search.value) };
    case 'vulnerability':
      return { by: 'vulnerability', vulnerability: text('vulnerability', search.value) };
    case 'severity': {
      const severity = decodeSeverity(search.value);
      if (severity === undefined) throw new FieldError('severity', 'is not a known severity');
      return { by: 'severity', severity };
    }
    case undefined:
      return { by: 'all' };
  }
}

async function report(
  request: clarionV1.GetReportRequest,
  images: ImageUseCases,
  admitted: AdmittedCall,
): Promise<clarionV1.GetReportResponse> {
  const { format, notTags, showSuppressed, at } = request;
  if (notTags.length > mostTags) throw new FieldError('not_tags', `are more than ${mostTags}`);
  const found = await images.report(digest('digest', request.digest), {
    notTag: notTags,
    showSuppressed,
    ...admitted,
    ...(format !== '' && { format: text('format', format, 40) }),
    ...optionalText('at', at, 40),
  });
  const { tag, history } = found;
  const bounds = { knownSince: history?.knownSince ?? undefined, historyFrom: history?.historyFrom ?? undefined };
  if (found.file !== undefined) {
    return { tag, unchanged: false, mediaType: found.mediaType, content: await contentOf(found.file), ...bounds };
  }
  if (found.body === undefined) return { tag, unchanged: true, mediaType: '', content: Buffer.alloc(0), ...bounds };
  requireMessageSize(found.body.bytes);
  const content = Buffer.from(await found.body.in(undefined));
  return { tag, unchanged: false, mediaType: found.mediaType, content, ...bounds };
}

const mostReportBytes = 16 * 1024 ** 2;

function requireMessageSize(bytes: number): void {
  if (bytes <= mostReportBytes) return;
  throw new ClarionError('limit-exceeded', `The report has ${bytes} bytes, a message ${mostReportBytes} at most`, {
    remedy: 'ask for it over REST, which streams it',
  });
}

/** The content for one message. Throws `limit-exceeded` beyond its maximum size. */
async function contentOf(file: ReportFile): Promise<Buffer> {
  try {
    requireMessageSize(file.bytes);
    const chunks: Uint8Array[] = [];
    for await (const chunk of file.content()) chunks.push(chunk);
    return Buffer.concat(chunks);
  } finally {
    await file.close();
  }
}

async function upload(
  requests: AsyncIterable<clarionV1.UploadImageRequest>,
  images: ImageUseCases,
  admitted: AdmittedCall,
): Promise<clarionV1.Submission> {
  const frames = requests[Symbol.asyncIterator]();
  const first = await frames.next();
  const frame = first.done === true ? undefined : first.value.frame;
  if (frame?.$case !== 'options') throw new FieldError('frame', 'must be options before anything else');
  const options = { ...decodeOptions(frame.value), ...admitted };
  const stream = chunksOf(frames);
  try {
    return encodeSubmitted(await images.upload(stream.chunks, options));
  } catch (error) {
    // If the stream itself is invalid, the caller gets that error and not that of the truncated archive.
    throw stream.fault() ?? error;
  }
}

function decodeOptions({ imageName, platform, reference }: clarionV1.UploadOptions): UploadOptions {
  return {
    ...optionalText('imageName', imageName, 1024),
    ...platformOf(platform),
    ...optionalText('reference', reference, 1024),
  };
}

interface Chunks {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** The error of the frames, if they ended because of one. */
  fault(): FieldError | undefined;
}

function chunksOf(frames: AsyncIterator<clarionV1.UploadImageRequest>): Chunks {
  let fault: FieldError | undefined;
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    for (let next = await frames.next(); next.done !== true; next = await frames.next()) {
      const { frame } = next.value;
      if (frame?.$case !== 'chunk') throw (fault = new FieldError('frame', 'must be a chunk after the options'));
      yield frame.value;
    }
  };
  return { chunks: chunks(), fault: () => fault };
}
