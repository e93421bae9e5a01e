export { changedFacts, type ChangedName } from './changed-facts';
export { dayLength, dayOf, firstDayKept } from './days';
export { firstRevisionOf } from './first-revision';
export { areReadable, keyPartOf } from './key-part';
export { OpenUpdates, type ReadyUpdate, type UpdateSlot } from './open-updates';
export { checkLimit, invalidCursor, PageBuilder } from './pages';
export { pruneInOrder, type PruneSteps } from './prune';
export { type CommitTime, mostCorrected } from './commit-times';
export { isRemembered, removedFeed } from './removed-feed';
export { type AddedRevision, type RevisionBefore, type RevisionCommit, revisionAfter } from './revision-after';
export {
  type PackedScoreChanges,
  packScoreChanges,
  type ScoreChange,
  scoreChangeOf,
  unpackScoreChanges,
} from './score-changes';
export { changedRows, isScoreOnly, type ScoreRow, scoreRow, scoreText } from './score-row';
export { digestOfResult, isResult } from './result-digest';
export { changedImage, scannedImage, unfinishedStates } from './stored-images';
export { movedTag, mostMoves, movePart, type TagMove } from './stored-tags';
export { millisOf, sortableTime } from './times';
