import type { FeedSource } from '@clarion/model';
import { alpineSecdb } from './alpine-secdb';
import { debianSecurityTracker } from './debian-security-tracker';

/** Every feed of this build, sorted by id. */
export const feedSources: readonly FeedSource[] = [alpineSecdb, debianSecurityTracker];
