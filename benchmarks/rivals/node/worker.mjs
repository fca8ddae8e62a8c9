// One job per event and hop, as in the textbook: receive, poll and link, notify.
import { createHash } from "node:crypto";
import { Queue, Worker } from "bullmq";
import { link, notify, orderStatus } from "./partners.mjs";
import { connection, defaultJobOptions, QUEUES } from "./queues.mjs";

// Hash: the order's number to its lines' last seen statuses, as JSON.
const STATUSES = "bullmq:statuses";
const FINAL = new Set(["INV", "REJ"]);
// Milliseconds until an order that is not final is looked at again.
const LOOK_AGAIN = 60_000;

const redis = connection();
const queues = Object.fromEntries(
  QUEUES.map((name) => [name, new Queue(name, { connection: redis, defaultJobOptions })]),
);

const work = {
  async orders({ data: event }) {
    const { order_number: order, westcon, customer_id: customer } = event.data;
    const poll = queues.westcon.add(
      "poll",
      { order, westconOrder: westcon.order_number },
      { jobId: `${order}-poll` },
    );
    const linked =
      customer && queues.deck.add("link", { order, customer }, { jobId: `${order}-link` });
    await Promise.all([poll, linked]);
  },

  async westcon({ data: { order, westconOrder } }) {
    const statuses = await orderStatus(westconOrder);
    const seen = JSON.stringify(statuses);
    if ((await redis.hget(STATUSES, order)) !== seen) {
      const eventId = createHash("sha256")
        .update(`${order} ${seen}`)
        .digest("hex")
        .slice(0, 26)
        .toUpperCase();
      const at = new Date().toISOString();
      const notification = { eventId, order, statuses, at };
      await queues.receiver.add("notify", notification, { jobId: eventId });
      // After the notification is on its way: a crash in between repeats it.
      await redis.hset(STATUSES, order, seen);
    }
    if (!Object.values(statuses).every((code) => FINAL.has(code))) {
      await queues.westcon.add("poll", { order, westconOrder }, { delay: LOOK_AGAIN });
    }
  },

  async deck({ data: { order, customer } }) {
    await link(order, customer);
  },

  async receiver({ data: { eventId, order, statuses, at } }) {
    await notify(eventId, order, statuses, at);
  },
};

const workers = QUEUES.map((name) => {
  const worker = new Worker(name, work[name], {
    connection: connection(),
    concurrency: 64,
    // By default a job whose worker died twice is failed for good.
    maxStalledCount: 10,
  });
  worker.on("error", (error) => console.error(`${name}: ${error.message}`));
  worker.on("failed", (job, error) => console.error(`${job?.id}: ${error.message}`));
  return worker;
});

process.on("SIGTERM", async () => {
  await Promise.all(workers.map((worker) => worker.close()));
  process.exit(0);
});
