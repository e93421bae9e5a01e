export { apiBase } from './api-base';
export { digest, none, pageQuery, severity, span, word } from './basics';
export { comparison, findingChange } from './comparison';
export { imageTimeline, pastTime, revisionPage, tagTimeline, vulnerabilityTimeline } from './history';
export { image, imagePage, layerList, packagePage, platformText, submission, submitted } from './image';
export {
  deliveryPage,
  endpointAnswer,
  endpointInput,
  endpointList,
  endpointWithSecret,
  notificationDetails,
  notificationPage,
  replayed,
  testResult,
  transition,
} from './notification';
export { mostErrors, type HttpProblemCode, type ProblemDetails, problemSchema, problemStatus } from './problem';
export { deadLetterPage, feedList, updateOrdered } from './service';
export {
  ownPage,
  ownRecord,
  ownRecordMembers,
  ownVulnerability,
  vulnerability,
  vulnerabilityPage,
} from './vulnerability';
export { default as reportSchema } from './report-v1.json';
