export { detachProvenance, detachReportLength, encodeDetachReport, isDetachReport } from './report.ts';
