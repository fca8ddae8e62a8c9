// Reads Waybill's results through a consumer group, and works on each exactly once.
//
//     npm install redis
//     REDIS_URL=redis://127.0.0.1:6379/0 node results_consumer.cjs NAME FILE
//
// NAME is this consumer's, and stays the same when it starts again. FILE gets a line for each result: its id, and what
// it means, in one write.
const { appendFileSync, existsSync, readFileSync } = require("node:fs");
const { createClient } = require("redis");

const GROUP = "erp";
const PARTITIONS = Number(process.env.PARTITIONS || 1);
const STREAMS = [...Array(PARTITIONS).keys()].map((partition) => `{wb:${partition}}:results`);

// What was written before; a line without its end was cut off by a crash, and its result comes again.
function known(file) {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  return new Set(text.split("\n").slice(0, -1).map((line) => line.split("\t")[0]));
}

async function main(name, file) {
  const client = createClient({ url: process.env.REDIS_URL });
  client.on("error", (error) => console.error(error.message));
  await client.connect();
  for (const stream of STREAMS) {
    await client.xGroupCreate(stream, GROUP, "0", { MKSTREAM: true }).catch((error) => {
      if (!error.message.startsWith("BUSYGROUP")) throw error;
    });
  }
  const seen = known(file);
  if (existsSync(file) && !readFileSync(file, "utf8").endsWith("\n")) appendFileSync(file, "\n");
  const after = Object.fromEntries(STREAMS.map((stream) => [stream, "0"]));
  for (;;) {
    const places = STREAMS.map((key) => ({ key, id: after[key] }));
    const answer = (await client.xReadGroup(GROUP, name, places, { COUNT: 100, BLOCK: 5000 })) || [];
    for (const { name: stream, messages } of answer) {
      for (const { id, message } of messages) {
        const event = JSON.parse(message.event);
        if (!seen.has(event.id)) {
          appendFileSync(file, `${event.id}\t${event.subject}\t${event.type}\n`);
          seen.add(event.id);
        }
        // After the work: a crash in between repeats it, and its id is known.
        await client.xAck(stream, GROUP, id);
      }
      if (after[stream] !== ">") after[stream] = messages.length ? messages.at(-1).id : ">";
    }
  }
}

main(...process.argv.slice(2));
