import type { ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import { clarionV1 } from '@clarion/proto';
import type { UseCases } from '@clarion/use-cases';
import { type CallOptions, callsOf } from './calls';
import { feedService } from './feed-service';
import { historyService } from './history-service';
import { imageService } from './image-service';
import { notificationService } from './notification-service';
import { vulnerabilityService } from './vulnerability-service';

export interface GrpcApiOptions extends CallOptions {
  readonly useCases: UseCases;
}

/** A service and its handlers, as `startGrpcServer` of grpc-server mounts them. */
export interface GrpcApiService {
  readonly name: string;
  readonly definition: ServiceDefinition;
  readonly implementation: UntypedServiceImplementation;
  /** Limits for messages of its methods, where they differ from the default. */
  readonly bounds?: Readonly<Record<string, { readonly bytes: number; readonly fields: number }>>;
}

/**
 * The arguments of `startGrpcServer` of grpc-server: the services, which only answer callers that the guard has
 * admitted.
 */
export interface GrpcApi {
  readonly services: readonly GrpcApiService[];
  readonly guard: ReturnType<typeof callsOf>['guard'];
}

/** The gRPC API: the services of `clarion.v1` over the use cases. */
export function createGrpcApi({ useCases, ...options }: GrpcApiOptions): GrpcApi {
  const call = callsOf(options);
  const services = [
    {
      name: 'clarion.v1.ImageService',
      definition: clarionV1.ImageServiceService,
      implementation: imageService(useCases.images, call),
      // Same as for the JSON bodies of REST; a member of a Struct counts as four fields.
      bounds: {
        submitImage: { bytes: 2 * 1024 ** 2, fields: 40_000 },
        uploadImage: { bytes: 4 * 1024 ** 2, fields: 10 },
      },
    },
    {
      name: 'clarion.v1.VulnerabilityService',
      definition: clarionV1.VulnerabilityServiceService,
      implementation: vulnerabilityService(useCases.vulnerabilities, call),
      bounds: { putOwnVulnerability: { bytes: 1024 ** 2, fields: 80_000 } },
    },
    {
      name: 'clarion.v1.FeedService',
      definition: clarionV1.FeedServiceService,
      implementation: feedService(useCases.feeds, call),
    },
    {
      name: 'clarion.v1.HistoryService',
      definition: clarionV1.HistoryServiceService,
      implementation: historyService(useCases.history, call),
    },
    {
      name: 'clarion.v1.NotificationService',
      definition: clarionV1.NotificationServiceService,
      implementation: notificationService(useCases, call),
    },
  ];
  return { services, guard: (asked) => call.guard(asked) };
}
