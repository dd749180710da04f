export { buildReportDescriptor, hidItem, type HidItemBytes, type HidMainFlagNames } from './descriptor-builder.ts';
export { HidDescriptorError, HidReportError, type HidDescriptorErrorCode, type HidReportErrorCode } from './errors.ts';
export { elementOf, findField, findReport, type HidFieldLocation, type HidFieldQuery } from './find-field.ts';
export { findGnpReport, selectGnpPath, type GnpPathCandidate, type GnpReport } from './gnp-path.ts';
export { HID_LIMITS } from './limits.ts';
export {
  HID_COLLECTION,
  type HidCollection,
  type HidField,
  type HidIndexRange,
  type HidMainFlags,
  type HidReport,
  type HidReportKind,
  type HidUsage,
  type HidUsageRange,
  type HidUsageSpan,
  type ReportDescriptor,
} from './model.ts';
export { parseReportDescriptor } from './parse-report-descriptor.ts';
export { arrayValueOf, emptyReport, readArray, readValue, writeValue } from './report-values.ts';
export { indexOfUsage, usageAt } from './usages.ts';
