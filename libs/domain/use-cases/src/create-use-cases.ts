import { contextOf, type UseCaseContext } from './context';
import { deadLetterUseCases } from './dead-letters';
import { cursorPage } from './cursor';
import type { UseCaseDependencies } from './dependencies';
import { historyUseCases } from './history/history-use-cases';
import { endpointUseCases } from './endpoints';
import { feedUseCases } from './feeds';
import { imageStates } from './image-state';
import { detectorsOfImages } from './image-detectors';
import { unknownImage } from './image-view';
import { createLayerRoom } from './layer-work';
import { createEventFanOut } from './event-fan-out';
import { notificationUseCases } from './notifications';
import { getOwn, listOwn, putOwn, removeOwn } from './own-vulnerabilities';
import { reconcile, type ReconcileOptions } from './reconcile';
import { layersOfImage, packagesOfImage } from './image-lists';
import { createReportCaches } from './report-caches';
import { reportImage } from './report-image';
import { searchImages } from './search-images';
import { lookupFacts, advisoriesAbout, vulnerabilitiesOf } from './advisories-about';
import { submitImage } from './submit-image';
import { publishPending } from './publish-pending';
import { createUpload } from './upload-image';
import type { ImageUseCases, UseCases, VulnerabilityUseCases } from './use-cases';

/** The use cases, and the periodic work that a service does for them. */
export interface UseCaseService extends UseCases {
  /** Publishes work that a crash has lost again, for images and changes. Resolves to the number of both. */
  reconcile(options?: ReconcileOptions): Promise<number>;
}

/** Makes the use cases. Opens nothing and starts nothing. */
export function createUseCases(dependencies: UseCaseDependencies): UseCaseService {
  const context = contextOf(dependencies, createEventFanOut(dependencies.bus, dependencies.log));
  const { bus } = context;
  return {
    images: imageUseCases(context),
    vulnerabilities: vulnerabilityUseCases(context),
    feeds: feedUseCases(context),
    notifications: notificationUseCases(context),
    endpoints: endpointUseCases(context),
    deadLetters: deadLetterUseCases(context),
    events: { listen: (options) => bus.subscribe(options) },
    history: historyUseCases(context),
    reconcile: async (options) => (await reconcile(context, options)) + (await publishPending(context)),
  };
}

function imageUseCases(context: UseCaseContext): ImageUseCases {
  const takeRoom = createLayerRoom(context);
  const reporting = { ...context, ...createReportCaches(context) };
  return {
    submit: (request, options = {}) => submitImage(request, context, { takeRoom, ...options }),
    upload: createUpload(context),
    detectors: detectorsOfImages(context),
    ...imageStates(context),
    list: (search, page) => searchImages(search, page, context),
    async remove(digest) {
      if (!(await context.store.forgetImage(digest))) throw unknownImage(digest);
    },
    report: (digest, options = {}) => reportImage(digest, options, reporting),
    packages: (digest, page, options) =>
      cursorPage(`packages of ${digest}`, page, (at) => packagesOfImage(digest, at, { ...options, context })),
    layers: (digest, options) => layersOfImage(digest, { ...options, context }),
  };
}

function vulnerabilityUseCases(context: UseCaseContext): VulnerabilityUseCases {
  const facts = lookupFacts(context);
  return {
    get: (id, filter, page) => advisoriesAbout(id, filter, { page, facts, context }),
    list: (of, page) =>
      cursorPage('vulnerabilities', page, (at) => vulnerabilitiesOf(of, { page: at, facts, context })),
    putOwn: (key, record, written) => putOwn(key, record, { ...context, ...written }),
    removeOwn: (key, written) => removeOwn(key, { ...context, ...written }),
    getOwn: (key) => getOwn(key, context),
    listOwn: (page) => cursorPage('own vulnerabilities', page, (at) => listOwn(at, context)),
  };
}
