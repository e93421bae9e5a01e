import { type HttpAnswer, type RouteRequest } from '@clarion/http-engine';
import type { ImageSearch, SubmissionResult, SubmitRequest } from '@clarion/use-cases';
import { ClarionError } from '@clarion/model';
import {
  digest,
  image,
  imagePage,
  none,
  pageQuery,
  platformText,
  severity,
  span,
  submission,
  submitted,
  word,
} from '@clarion/rest-v1-contract';
import { z } from 'zod';
import { type AnyRoute, route } from '../route';
import { pageOf } from '../page-of';

const group = 'Images';
const params = z.strictObject({ digest });

/** SBOMs: clients will try to submit them as images. */
const sboms = /^application\/(?:vnd\.cyclonedx\+(?:json|xml)|spdx\+json)$/;

/** The maximum waiting time of one request. */
const maxWaitMillis = 120_000;

const submitImage = route({
  method: 'post',
  path: '/images',
  operation: 'submitImage',
  group,
  about:
    'Submits an image: by reference, by a manifest with the addresses of its layers, or as an archive in the body. If the same image is submitted twice, it is indexed once.',
  access: 'scanner',
  params: none,
  query: z.strictObject({
    image: word(1024).optional().describe('Which image of an archive with several'),
    platform: platformText.optional().describe('Of an archive; linux/amd64 unless stated'),
    reference: word(1024).optional().describe('Reference that names the image of an archive in reports and lists'),
  }),
  bodies: {
    'application/json': submission,
    'application/x-tar': 'bytes',
    'application/gzip': 'bytes',
    'application/zstd': 'bytes',
  },
  explainMediaType: (mediaType) =>
    sboms.test(mediaType)
      ? `SBOMs (${mediaType}) cannot be submitted yet: name the image, or upload an archive of it`
      : undefined,
  // 512 layers with all their members and headers, and signed addresses of 2 KiB or more.
  bounds: { bytes: 2 * 1024 ** 2, values: 12_500 },
  answers: {
    200: { schema: submitted, about: 'The image is indexed already' },
    202: { schema: submitted, about: 'The image will be indexed; `Location` is its address' },
  },
  async handle({ body, query, caller, signal }, { images }) {
    if (body === undefined) throw new TypeError('The route takes a body');
    if ('json' in body) {
      if (Object.values(query).some((value) => value !== undefined)) {
        throw new ClarionError('invalid-input', 'The query is only for archives');
      }
      const request = submitRequestOf(body.json as z.output<typeof submission>);
      return submittedAnswer(await images.submit(request, { caller, signal }));
    }
    const { image: imageName, platform, reference } = query;
    const options = {
      ...{ caller, signal },
      ...(imageName === undefined ? {} : { imageName }),
      ...(platform === undefined ? {} : { platform }),
      ...(reference === undefined ? {} : { reference }),
    };
    return submittedAnswer(await images.upload(body.bytes, options));
  },
});

function submitRequestOf(json: z.output<typeof submission>): SubmitRequest {
  const { platform } = json;
  // Our types distinguish absent members from undefined ones.
  const wanted = platform === undefined ? {} : { platform: withoutUndefined(platform) };
  if (!('layers' in json)) {
    const { reference, credentials } = json;
    return { kind: 'reference', reference, ...wanted, ...(credentials === undefined ? {} : { credentials }) };
  }
  const { digest: manifest, layers, reference } = json;
  return {
    kind: 'layers',
    digest: manifest,
    layers: layers.map(withoutUndefined),
    ...wanted,
    ...(reference === undefined ? {} : { reference }),
  };
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

function withoutUndefined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Defined<T>;
}

function submittedAnswer(json: SubmissionResult): HttpAnswer {
  const location = `/api/v1/images/${json.digest}`;
  return { status: json.state === 'indexed' ? 200 : 202, headers: { location }, json };
}

const listImages = route({
  method: 'get',
  path: '/images',
  operation: 'listImages',
  group,
  about:
    'Lists or searches the submitted images; at most one filter. A page of a search may be short although there is a next page.',
  access: 'reader',
  params: none,
  query: z.strictObject({
    ...pageQuery,
    repository: word(1024).optional().describe('`registry.example/team/app`; `alpine` is `docker.io/library/alpine`'),
    severity: severity.optional().describe('With at least one vulnerability of this severity'),
    package: word()
      .optional()
      .describe(
        'That contain a package of this name, or one built from a source package of this name; a package URL without a version (`pkg:npm/lodash`) searches one kind of packages',
      ),
    vulnerability: word().optional().describe('That have it now'),
  }),
  answers: { 200: { schema: imagePage, about: 'In the order of their digests, or of their contents' } },
  handle: async ({ query }, { images }) => ({
    status: 200,
    json: await images.list(searchOf(query), pageOf(query)),
  }),
});

type Restrictions = Partial<Record<'repository' | 'package' | 'vulnerability', string | undefined>> & {
  readonly severity?: z.output<typeof severity> | undefined;
};

function searchOf({ repository, package: name, vulnerability, severity: least }: Restrictions): ImageSearch {
  const searches: ImageSearch[] = [];
  if (repository !== undefined) searches.push({ by: 'repository', repository });
  if (least !== undefined) searches.push({ by: 'severity', severity: least });
  if (name !== undefined) searches.push({ by: 'package', package: name });
  if (vulnerability !== undefined) searches.push({ by: 'vulnerability', vulnerability });
  if (searches.length > 1) {
    throw new ClarionError(
      'invalid-input',
      'Images are searched by one of repository, severity, package, vulnerability',
    );
  }
  return searches[0] ?? { by: 'all' };
}

const getImage = route({
  method: 'get',
  path: '/images/{digest}',
  operation: 'getImage',
  group,
  about: 'Returns an image and its state; with `wait`, once it is indexed or has failed, or after that time.',
  access: 'reader',
  params,
  query: z.strictObject({ wait: span.optional().describe('`30s`; two minutes at most') }),
  answers: { 200: { schema: image, about: 'The image' } },
  handle: async ({ params: { digest: of }, query: { wait = 0 }, signal, caller }, { images }) => ({
    status: 200,
    json: await images.get(of, { waitMillis: Math.min(wait, maxWaitMillis), signal, caller }),
  }),
});

const deleteImage = route({
  method: 'delete',
  path: '/images/{digest}',
  operation: 'deleteImage',
  group,
  about: 'Deletes an image; layers that another image has are kept.',
  access: 'administrator',
  params,
  query: none,
  answers: { 204: { about: 'The image is deleted' } },
  async handle({ params: { digest: of } }: RouteRequest<z.output<typeof params>, unknown>, { images }) {
    await images.remove(of);
    return { status: 204 };
  },
});

export const imageRoutes: readonly AnyRoute[] = [submitImage, listImages, getImage, deleteImage];
