// The three partners over Node's own fetch, which keeps connections open.
import { createHash, createHmac } from "node:crypto";

const env = (name) => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`set ${name}`);
  return value;
};

const LINK_PATH = "api/omsorderlinkaccount";
// DECK's codes for "success" and "successfully queued" (DECK's Magento module).
const LINKED = new Set(["0", "15", "Success"]);
const TIMEOUT_MS = 25_000;
// Seconds before a token's end at which a new one is fetched.
const LEEWAY = 60;

// Westcon's line status to Ingram's event type and line status.
const SPELLED = {
  SHI: ["im::order_shipped", "IM::shipped"],
  INV: ["im::order_invoiced", "IM::invoiced"],
  REJ: ["im::order_voided", "IM::voided"],
};
const UPDATED = ["im::updated", "IM::updated"];

let token;

export async function orderStatus(westconOrder) {
  let reply = await askStatus(westconOrder);
  if (reply.status === 401) {
    token = undefined;
    reply = await askStatus(westconOrder);
  }
  const answer = await checked(reply);
  const lines = answer.MT_OrderStatus_Response;
  return Object.fromEntries(
    lines.map((line) => [line.eRPOrderLineNumber.replace(/^0+/, ""), line.lineStatusCode]),
  );
}

export async function link(order, customer) {
  const stamp = linkTimestamp(new Date());
  const key = createHash("sha256")
    .update(`${LINK_PATH}${stamp}${env("TEXTBOOK_API_KEY")}`)
    .digest("hex")
    .toUpperCase();
  const body = {
    SiteCode: env("TEXTBOOK_SITE_CODE"),
    VerificationKey: key,
    TimestampUTC: stamp,
    OrderNumber: order,
    CustomerID: customer,
  };
  const headers = { Authorization: key, apiVersion: "5" };
  const reply = await post(`${env("TEXTBOOK_DECK_URL")}/${LINK_PATH}`, body, headers);
  const { ResponseCode } = await checked(reply);
  if (!LINKED.has(String(ResponseCode))) {
    throw new Error(`DECK refused to link ${order}: ${ResponseCode}`);
  }
}

export async function notify(eventId, order, statuses, at) {
  const signature = createHmac("sha512", env("TEXTBOOK_RECEIVER_SECRET"))
    .update(eventId)
    .digest("base64");
  const codes = Object.entries(statuses);
  const lines = codes.map(([lineNumber, code]) => ({
    lineNumber,
    lineStatus: (SPELLED[code] ?? UPDATED)[1],
  }));
  const eventType = (SPELLED[codes[0]?.[1]] ?? UPDATED)[0];
  const body = {
    topic: "resellers/orders",
    event: "im::updated",
    eventTimeStamp: at,
    eventId,
    resource: [{ eventType, orderNumber: order, lines }],
  };
  const reply = await post(env("TEXTBOOK_RECEIVER_URL"), body, {
    "x-hub-signature": signature,
  });
  await checked(reply, false);
}

// DECK's spelling: no leading zeros in the date, 24 hours with AM or PM.
function linkTimestamp(now) {
  const two = (number) => String(number).padStart(2, "0");
  const hours = now.getUTCHours();
  const date = `${now.getUTCMonth() + 1}/${now.getUTCDate()}/${now.getUTCFullYear()}`;
  return `${date} ${two(hours)}:${two(now.getUTCMinutes())} ${hours < 12 ? "AM" : "PM"}`;
}

async function askStatus(westconOrder) {
  const body = {
    mT_OrderStatus_API_REQ: {
      partnerKey: env("TEXTBOOK_PARTNER_KEY"),
      orderType: "W",
      language: "EN",
      order: [westconOrder],
    },
  };
  return post(`${env("TEXTBOOK_WESTCON_URL")}/Orders/orderStatus`, body, {
    Authorization: `Bearer ${await accessToken()}`,
    "Ocp-Apim-Subscription-Key": env("TEXTBOOK_SUBSCRIPTION_KEY"),
  });
}

// One fetch for all who wait; a failed one is not kept.
function accessToken() {
  if (token === undefined || token.ends - LEEWAY < performance.now() / 1_000) {
    const fresh = { ends: Infinity };
    fresh.value = fetchToken().then(({ value, ends }) => {
      fresh.ends = ends;
      return value;
    });
    fresh.value.catch(() => {
      if (token === fresh) token = undefined;
    });
    token = fresh;
  }
  return token.value;
}

async function fetchToken() {
  const asked = performance.now() / 1_000;
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: env("TEXTBOOK_CLIENT_ID"),
    client_secret: env("TEXTBOOK_CLIENT_SECRET"),
    resource: env("TEXTBOOK_RESOURCE"),
  });
  const reply = await fetch(env("TEXTBOOK_TOKEN_URL"), {
    method: "POST",
    body: form,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const answer = await checked(reply);
  return { value: answer.access_token, ends: asked + Number(answer.expires_in) };
}

function post(url, body, headers) {
  return fetch(url, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "Content-Type": "application/json", ...headers },
    redirect: "manual",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
}

async function checked(reply, json = true) {
  // The body is read in any case: only then is the connection free again.
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${reply.url} answered ${reply.status}`);
  return json ? JSON.parse(text) : undefined;
}
