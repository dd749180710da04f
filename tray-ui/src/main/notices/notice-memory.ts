import { z } from 'zod';

/** What was told, so that nothing is told twice; it is kept on the disk. */
export const noticeMemorySchema = z.object({
  /** Key of a thing → when it was told, Unix milliseconds. */
  told: z.record(z.string(), z.number()),
  /** Device → the version whose installation the user asked for. */
  asked: z.record(z.string(), z.string()),
});

export type NoticeMemory = z.infer<typeof noticeMemorySchema>;
export const emptyMemory: NoticeMemory = { told: {}, asked: {} };

/** Longer than anything stays true that is told once. */
const keptMs = 400 * 86_400_000;

export const withoutOld = ({ told, asked }: NoticeMemory, now: number): NoticeMemory => ({
  told: Object.fromEntries(Object.entries(told).filter(([, at]) => now - at < keptMs)),
  asked,
});
