import { z } from 'zod';

/** Unix milliseconds. */
export const timeSchema = z.number();
