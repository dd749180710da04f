export { detachLimitMs, type DetachOutcome, type DetachRequest, detachToBoot } from './detach-to-boot.ts';
export { detachProvenance, detachReportLength, encodeDetachReport, isDetachReport } from './report.ts';
