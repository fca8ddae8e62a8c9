// Publishes each event as a job, by the line protocol of benchmarks/rivals/lines.py.
import { createInterface } from "node:readline";
import { Queue } from "bullmq";
import { connection, defaultJobOptions } from "./queues.mjs";

const BATCH = 100;
const PAUSE_MS = 100;

const queue = new Queue("orders", { connection: connection(), defaultJobOptions });
queue.on("error", () => {});
const waiting = [];
let publishing = false;

async function publish() {
  publishing = true;
  while (waiting.length) {
    const batch = waiting.splice(0, BATCH);
    const jobs = batch.map((event) => ({
      name: "receive",
      data: event,
      opts: { jobId: event.id.replaceAll(":", "-") },
    }));
    for (;;) {
      try {
        await queue.addBulk(jobs);
        break;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    }
    console.log(batch.map((event) => event.data.order_number).join("\n"));
  }
  publishing = false;
}

const input = createInterface({ input: process.stdin });
input.on("line", (line) => {
  waiting.push(JSON.parse(line));
  if (!publishing) setImmediate(publish);
  publishing = true;
});
input.on("close", async () => {
  while (publishing) await new Promise((resolve) => setTimeout(resolve, 10));
  process.exit(0);
});
await queue.waitUntilReady();
console.log("ready");
