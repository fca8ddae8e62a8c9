// What workers and publisher agree on: the connection, the queues, how jobs are retried.
import { Redis } from "ioredis";

export const connection = () =>
  // BullMQ demands the null of whoever blocks.
  new Redis(process.env.RIVAL_STORE_URL, { maxRetriesPerRequest: null });

export const QUEUES = ["orders", "westcon", "deck", "receiver"];

export const defaultJobOptions = {
  attempts: 10,
  backoff: { type: "exponential", delay: 1_000 },
  // A job's id keeps a second one away for as long as the first is remembered.
  removeOnComplete: { age: 3_600 },
};
